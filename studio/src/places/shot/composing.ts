/** What stands in the composer of a shot beyond the words of the shot itself. */
import type { ComposerDraft, Shot } from '../../api/types'

interface Part {
  model?: string | null
  width?: number | null
  height?: number | null
}

/** The composer of a shot with a part of it changed; null once nothing in it differs from the project's own. */
export function composed(shot: Shot, part: Part): ComposerDraft | null {
  const { model = null, canvas, ...rest } = shot.composer ?? {}
  const { width = null, height = null, ...other } = canvas ?? {}
  const next = { model, width, height, ...part }
  const kept: ComposerDraft = Object.fromEntries(Object.entries(rest).filter(([, value]) => value !== null))
  if (next.model !== null) kept.model = next.model
  const size = next.width !== null && next.height !== null ? { width: next.width, height: next.height } : {}
  if (Object.keys({ ...other, ...size }).length > 0) kept.canvas = { ...other, ...size }
  return Object.keys(kept).length > 0 ? kept : null
}
