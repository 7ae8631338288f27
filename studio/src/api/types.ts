/** What the server tells and is given, by the names of its OpenAPI. */

export type JobState = 'queued' | 'running' | 'succeeded' | 'failed' | 'cancelled'
export type TakeKind = 'still' | 'draft' | 'master'
export type ShotState = 'planned' | 'still' | 'drafts' | 'master' | 'chosen'
export type Language = 'en' | 'ar'

export const FRAMINGS = ['extreme_wide', 'wide', 'full', 'medium', 'close', 'extreme_close'] as const
export type Framing = (typeof FRAMINGS)[number]

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
] as const
export type Move = (typeof MOVES)[number]

export interface Page<Item> {
  items: Item[]
  next: string | null
}

export interface Me {
  key_id: string
  scopes: Scope[]
  tenant: { id: string; name: string }
}
export type Scope = 'read' | 'generate' | 'admin'

export interface Progress {
  fraction: number
  stage: string | null
  steps_done: number | null
  steps_total: number | null
  preview_url: string | null
}

export interface Output {
  id: string
  url: string
  mime_type: string
  size_bytes: number
  sha256: string
  width?: number | null
  height?: number | null
  duration_seconds?: number | null
  frame_rate?: number | null
  has_sound?: boolean | null
}

export interface Keyframe {
  image: string
  at_seconds: number | null
}

export interface Canvas {
  prompt?: string
  negative_prompt?: string
  width?: number | null
  height?: number | null
  duration_seconds?: number | null
  frame_rate?: number | null
  keyframes?: Keyframe[]
  extension?: { clip: string; is_before?: boolean } | null
  modification?: { clip: string; strength?: number } | null
  reframing?: { clip: string; left?: number; top?: number } | null
  sound_for?: string | null
  sound?: string | null
  actions?: string[]
  camera?: { move: string; amount?: number } | null
  is_loop?: boolean
  seed?: number | null
}

export interface Settings {
  is_draft?: boolean
  steps?: number | null
  guidance_scale?: number | null
}

export interface Job {
  id: string
  state: JobState
  kind: 'video' | 'image' | 'upscale'
  dialect: string
  model: string
  alias: string
  canvas: Canvas
  settings: Settings & Record<string, unknown>
  allows_resampling: boolean
  has_sound: boolean
  metadata: Record<string, string>
  progress: Progress
  reason: { code: string; message: string } | null
  ahead: number | null
  priority: number
  is_held: boolean
  is_cancel_asked: boolean
  cost: number
  tries: number
  attempt: number
  parent_id: string | null
  take: Record<string, unknown> | null
  outputs: Partial<Record<'video' | 'image' | 'thumbnail' | 'spritesheet', Output>>
  created_at: string
  started_at: string | null
  ended_at: string | null
  expires_at: string | null
}

export interface Mark {
  kind: 'arrow' | 'box' | 'pen' | 'words'
  points: [number, number][]
  colour: string
  width: number
  text: string
}
export interface Drawing {
  at_seconds: number
  marks: Mark[]
}

export interface Take {
  id: string
  shot_id: string
  number: number
  kind: TakeKind
  parent_take_id: string | null
  drawing: Drawing | null
  job: Job
}

export interface ComposerDraft {
  canvas?: Canvas
  model?: string
  settings?: Settings
  allows_resampling?: boolean | null
  has_sound?: boolean
  drawing?: Drawing | null
}

export interface Shot {
  id: string
  project_id: string
  number: number
  title: string
  prompt: string
  framing: Framing | null
  move: Move | null
  duration_seconds: number | null
  line: string
  notes: string
  state: ShotState
  version: number
  composer: ComposerDraft | null
  references: string[]
  chosen_take_id: string | null
  takes: Take[]
}

export interface Brief {
  text: string
  language: Language
}

export interface Project {
  id: string
  name: string
  brief: Brief
  width: number | null
  height: number | null
  model: string | null
  version: number
  created_at: string
  updated_at: string
  shot_count: number
  chosen_count: number
  seconds: number
  cover_url: string | null
}
export interface ProjectWhole extends Project {
  shots: Shot[]
}

export interface ShotChange {
  title?: string
  prompt?: string
  framing?: Framing | null
  move?: Move | null
  duration_seconds?: number | null
  line?: string
  notes?: string
  composer?: ComposerDraft | null
  references?: string[]
  chosen_take_id?: string | null
  version?: number
}
export interface ShotGiven extends ShotChange {
  before?: string
}
export interface ProjectChange {
  name?: string
  brief?: Brief
  width?: number | null
  height?: number | null
  model?: string | null
  version?: number
}

export interface TakesGiven {
  kind: TakeKind
  count?: number
  from_take_id?: string
  seed?: number | 'same' | 'new'
  canvas?: Canvas
  model?: string
  settings?: Settings
  allows_resampling?: boolean | null
  has_sound?: boolean
  drawing?: Drawing | null
  priority?: number
}

export interface JobGiven {
  canvas: Canvas
  kind?: 'video' | 'image' | 'upscale'
  model?: string
  allows_resampling?: boolean | null
  settings?: Settings
  has_sound?: boolean
}

export interface Estimate {
  is_possible: boolean
  obstacles: { code: string; message: string; field: string | null }[]
  model: string | null
  allows_resampling: boolean | null
  cost: number | null
  credits_left: number | null
}

export interface Model {
  name: string
  model: string
  allows_resampling: boolean
  honours: string[]
  sizes: { width: number; height: number }[]
  frame_rate: number | null
  longest_seconds: number | null
  default_seconds: number | null
  prices: { second: number; image: number; upscaled_second: number }
}

export interface QueueItem extends Job {
  of: QueuedTake | null
  tenant_name: string | null
}
export interface QueuedTake {
  project_id: string
  project_name: string
  shot_id: string
  shot_number: number
  number: number
  kind: TakeKind
}

export interface Usage {
  since: string
  until: string
  credits_spent: number
  credits_left: number | null
  days: { day: string; credits: number; jobs: number }[]
  stored_bytes: number
  max_stored_bytes: number | null
  jobs: Record<JobState, number>
}

export interface Asset {
  id: string
  state: 'pending' | 'ready' | 'failed'
  reason: string | null
  role: string
  job_id: string | null
  filename: string | null
  mime_type: string
  size_bytes: number
  width: number | null
  height: number | null
  duration_seconds: number | null
  frame_rate: number | null
  has_sound: boolean | null
  url: string | null
}
