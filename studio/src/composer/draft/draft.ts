/** What stands in the composer: the shot's own words, the canvas around them, and how takes would be made. */
import type { Canvas, Drawing, Framing, Model, Move, Project, Settings, TakeKind } from '../../api/types'

/** What becomes of a clip: the new part comes after it or before it, or it is changed, reframed, or given a sound. */
export const ROLES = ['after', 'before', 'modify', 'reframe', 'sound_for'] as const
export type Role = (typeof ROLES)[number]

/** A part of a picture, in shares of its width and height. */
export interface Box {
  left: number
  top: number
  width: number
  height: number
}

/** What of a changed clip stays as it is; or, turned round, the only part of it that changes. */
export interface Region {
  boxes: readonly Box[]
  /** As `asset:ID`: a picture whose white parts are marked too. */
  mask: string | null
  isKept: boolean
}

/** A clip that the canvas starts from; there is one at most. */
export interface Source {
  role: Role
  /** As `asset:ID`. */
  clip: string
  /** Of a change: near 0 keeps the clip, 1 keeps its length only. */
  strength: number
  /** Of a change; null: nothing is marked. */
  region: Region | null
  /** Where a reframed clip sits in the free room: 0 at the left or the top, 1 at the other end. */
  left: number
  top: number
}

/** A picture pinned in time. */
export interface Pin {
  id: number
  image: string
  /** Seconds from the first frame of the whole; null: the last frame, however long the whole is. */
  at: number | null
}

export interface Draft {
  // the shot's, which its row in the project shows too
  prompt: string
  framing: Framing | null
  move: Move | null
  seconds: number | null
  // the composer's
  negative: string
  /** null: the project's, else the model's own. */
  width: number | null
  height: number | null
  pins: readonly Pin[]
  source: Source | null
  sound: string | null
  isLoop: boolean
  seed: number | null
  steps: number | null
  guidance: number | null
  /** Made at a smaller size first, then enlarged and refined. */
  hasTwoStages: boolean
  hasSound: boolean
  /** null: the project's, else the first of the server's. */
  model: string | null
  /** null: as the name of the model has it. */
  allowsResampling: boolean | null
  drawing: Drawing | null
  kind: TakeKind
  count: number
  /** What the composer does not show, and keeps. */
  kept: {
    canvas: Pick<Canvas, 'frame_rate' | 'actions' | 'camera' | 'references'>
    settings: Omit<Settings, 'is_draft' | 'steps' | 'guidance_scale' | 'two_stages'>
  }
}

export const EMPTY: Draft = {
  prompt: '',
  framing: null,
  move: null,
  seconds: null,
  negative: '',
  width: null,
  height: null,
  pins: [],
  source: null,
  sound: null,
  isLoop: false,
  seed: null,
  steps: null,
  guidance: null,
  hasTwoStages: false,
  hasSound: true,
  model: null,
  allowsResampling: null,
  drawing: null,
  kind: 'draft',
  count: 2,
  kept: { canvas: {}, settings: {} },
}
export const MOST_TAKES = 8

export const USUAL_STRENGTH = 0.6

/** Whether a clip in this role brings the length of the whole with it. */
export function isAsLong(role: Role): boolean {
  return role === 'modify' || role === 'reframe' || role === 'sound_for'
}

/** The draft with the project's size where it has none of its own. */
export function settled(draft: Draft, { width, height }: Pick<Project, 'width' | 'height'>): Draft {
  return draft.width === null ? { ...draft, width, height } : draft
}

/** Which model makes it. */
export function modelOf(
  draft: Draft,
  project: Pick<Project, 'model'>,
  models: readonly Model[],
): Model | null {
  const name = draft.model ?? project.model
  return (name === null ? models[0] : models.find((model) => model.name === name)) ?? null
}
