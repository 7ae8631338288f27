/** From what stands in the composer to what is asked of the server. */
import type { ComposerDraft, JobGiven, ProjectWhole, Shot, TakeKind, TakesGiven } from '../../api/types'

export interface Wanted {
  kind: TakeKind
  count: number
  /** null: one is drawn for each. */
  seed: number | null
}

interface Part {
  model?: string | null
  width?: number | null
  height?: number | null
}

/** The composer of a shot with a part of it changed; null once nothing in it differs from the project's own. */
export function composed(shot: Shot, part: Part): ComposerDraft | null {
  const { model = null, canvas = {}, ...rest } = shot.composer ?? {}
  const { width = null, height = null, ...other } = canvas
  const next = { model, width, height, ...part }
  const kept: ComposerDraft = { ...rest }
  if (next.model !== null) kept.model = next.model
  const size = next.width !== null && next.height !== null ? { width: next.width, height: next.height } : {}
  if (Object.keys({ ...other, ...size }).length > 0) kept.canvas = { ...other, ...size }
  return Object.keys(kept).length > 0 ? kept : null
}

/** What is asked for. Of a shot whose composer is empty the server makes the canvas of its words. */
export function asked(shot: Shot, wanted: Wanted): TakesGiven {
  const { kind, count, seed } = wanted
  const given: TakesGiven = { kind, count, seed: seed ?? 'new' }
  if (shot.composer === null) return given
  const { canvas, model, ...rest } = shot.composer
  return {
    ...given,
    ...rest,
    ...(model !== undefined && { model }),
    ...(canvas !== undefined && { canvas: canvasOf(shot, kind) }),
  }
}

/** The same as a job that could be weighed: one of them, before anything is spent. */
export function estimated(shot: Shot, project: ProjectWhole, { kind }: Wanted): JobGiven {
  const model = shot.composer?.model ?? project.model
  const canvas = canvasOf(shot, kind)
  const size = { width: canvas.width ?? project.width, height: canvas.height ?? project.height }
  return {
    canvas: { ...canvas, ...size },
    kind: kind === 'still' ? 'image' : 'video',
    ...(model !== null && { model }),
    ...(kind === 'draft' && { settings: { is_draft: true } }),
  }
}

function canvasOf(shot: Shot, kind: TakeKind) {
  const lasting =
    kind === 'still' || shot.duration_seconds === null ? {} : { duration_seconds: shot.duration_seconds }
  return { ...shot.composer?.canvas, prompt: shot.prompt, ...lasting }
}
