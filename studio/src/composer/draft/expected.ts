/** How long takes will take, by those that were made of late. */
import type { Take, TakeKind } from '../../api/types'

export interface Asked {
  kind: TakeKind
  model: string
  width: number | null
  height: number | null
  /** Of what is made. */
  seconds: number
}

const RECENT = 5

/** Seconds for one take; null: none like it was made yet. */
export function expectedSeconds(takes: readonly Take[], asked: Asked): number | null {
  const spans = takes
    .filter((take) => isLike(take, asked))
    .sort((one, other) => Date.parse(other.job.ended_at ?? '') - Date.parse(one.job.ended_at ?? ''))
    .slice(0, RECENT)
    .map((take) => spent(take) * scale(take, asked))
    .sort((one, other) => one - other)
  return spans[Math.floor(spans.length / 2)] ?? null
}

function isLike({ kind, job }: Take, asked: Asked): boolean {
  const { width, height } = job.canvas
  return (
    job.state === 'succeeded' &&
    kind === asked.kind &&
    (job.model === asked.model || job.alias === asked.model) &&
    (width ?? null) === asked.width &&
    (height ?? null) === asked.height
  )
}

function spent({ job }: Take): number {
  return Math.max(0, (Date.parse(job.ended_at ?? '') - Date.parse(job.started_at ?? '')) / 1000)
}

/** A clip twice as long takes some twice as long. */
function scale({ job }: Take, asked: Asked): number {
  const made = job.outputs.video?.duration_seconds
  return made ? asked.seconds / made : 1
}
