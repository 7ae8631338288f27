/** What the server tells and is given: names for the types that are made from its OpenAPI. */
import type { components } from './schema'

type Schemas = components['schemas']

export type Me = Schemas['MeTold']
export type Model = Schemas['ModelTold']
export type Estimate = Schemas['Estimate']
export type Usage = Schemas['UsageTold']
export type Asset = Schemas['AssetTold']
export type Output = Schemas['OutputTold']
export type Canvas = Schemas['CanvasGiven']
export type Settings = Schemas['SettingsGiven']

export type Project = Schemas['ProjectTold']
export type ProjectGiven = Schemas['ProjectGiven']
export type ProjectChange = Schemas['ProjectChange']
export type Brief = Schemas['BriefTold']
export type Shot = Omit<Schemas['ShotTold'], 'takes'> & { takes: Take[] }
export type ProjectWhole = Omit<Schemas['ProjectWhole'], 'shots'> & { shots: Shot[] }
export type ShotGiven = Schemas['ShotGiven']
export type ShotChange = Schemas['ShotChange']
export type ComposerDraft = Schemas['ComposerDraft']
export type Drawing = Schemas['Drawing']
export type Mark = Schemas['Mark']

export type Take = Omit<Schemas['TakeTold'], 'job'> & { job: Job }
export type TakesGiven = Schemas['TakesGiven']
export type ShotTakesGiven = Schemas['ShotTakesGiven']
export type Queued = Omit<Schemas['Queued'], 'job'> & { job: Job }
export type Queue = Omit<Schemas['QueueTold'], 'items'> & { items: Queued[] }
export type BoardItem = Schemas['ItemTold']
export type BoardItemPut = Schemas['ItemPut']
export type BoardItemPart = Schemas['ItemPart']
export type BoardAct = Schemas['ActGiven']
export type BoardDone = Schemas['ActTold']

/** The OpenAPI says of canvas, settings and outputs only that they are objects. */
export type Job = Omit<Schemas['JobTold'], 'canvas' | 'outputs'> & {
  canvas: Canvas
  outputs: Partial<Record<'video' | 'image' | 'thumbnail' | 'spritesheet', Output>>
}

export type JobState = Job['state']
export type TakeKind = Take['kind']
export type ShotState = Shot['state']
export type Framing = NonNullable<Shot['framing']>
export type Move = NonNullable<Shot['move']>
export type Language = Brief['language']
export type Scope = Me['scopes'][number]

export interface Page<Item> {
  items: Item[]
  next: string | null
}

export const FRAMINGS = [
  'extreme_wide',
  'wide',
  'full',
  'medium',
  'close',
  'extreme_close',
] as const satisfies Framing[]

export const MOVES = [
  'still',
  'pan_left',
  'pan_right',
  'tilt_up',
  'tilt_down',
  'orbit_left',
  'orbit_right',
  'push_in',
  'pull_out',
  'crane_up',
  'crane_down',
] as const satisfies Move[]
