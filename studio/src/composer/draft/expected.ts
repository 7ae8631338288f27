/** How long takes will take, by those that were made of late: the one figure of this that the studio shows. */
import type { Job, Model, Project, Take, TakeKind } from '../../api/types'
import { fromShot } from './canvas'
import { type Draft, modelOf, settled } from './draft'
import { type Span, spanOf } from './frames'

export interface Asked {
  kind: TakeKind
  model: string
  width: number | null
  height: number | null
  /** Of what is made. */
  seconds: number
}

type Words = Parameters<typeof fromShot>[0]

const RECENT = 5

/** Seconds for one take; null: none like it was made yet. */
export function expectedSeconds(takes: readonly Take[], asked: Asked | null): number | null {
  if (asked === null) return null
  const spans = takes
    .filter((take) => isLike(take, asked))
    .sort((one, other) => Date.parse(other.job.ended_at ?? '') - Date.parse(one.job.ended_at ?? ''))
    .slice(0, RECENT)
    .flatMap((take) => {
      const spent = spentSeconds(take.job)
      return spent === null ? [] : [spent * scale(take.job, asked)]
    })
    .sort((one, other) => one - other)
  return spans[Math.floor(spans.length / 2)] ?? null
}

/** Seconds that a job really took, once a worker had it; null: it has not ended, or nobody began it. */
export function spentSeconds(job: Pick<Job, 'started_at' | 'ended_at'>): number | null {
  if (!job.started_at || !job.ended_at) return null
  return Math.max(0, (Date.parse(job.ended_at) - Date.parse(job.started_at)) / 1000)
}

/** What stands in the composer, as what is asked for. */
export function askedOf(draft: Draft, model: Pick<Model, 'name'> | null, span: Span): Asked {
  const { kind, width, height } = draft
  return { kind, model: model?.name ?? '', width, height, seconds: span.made[1] - span.made[0] }
}

/** The same of a shot as it stands; null: its model is not there. */
export function askedOfShot(
  shot: Words,
  kind: TakeKind,
  project: Pick<Project, 'width' | 'height' | 'model'>,
  models: readonly Model[],
): Asked | null {
  const draft = { ...settled(fromShot(shot), project), kind }
  const model = modelOf(draft, project, models)
  return model === null ? null : askedOf(draft, model, spanOf(draft, model, null, null))
}

/** The same of a take that is made again, or made whole. */
export function askedAgain({ job }: Pick<Take, 'job'>, kind: TakeKind): Asked {
  const { width = null, height = null } = job.canvas
  return { kind, model: job.model, width, height, seconds: madeSeconds(job) ?? 0 }
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

/** A clip twice as long takes some twice as long. */
function scale(job: Job, asked: Asked): number {
  const made = madeSeconds(job)
  return made && asked.seconds ? asked.seconds / made : 1
}

/** Seconds that were made anew: of a clip that was gone on from, only what is new in it. */
function madeSeconds({ canvas, outputs }: Job): number | null {
  const { duration_seconds: whole, frame_rate: rate } = outputs.video ?? {}
  if (!canvas.extension) return whole ?? null
  return canvas.duration_seconds ?? (canvas.actions?.length && rate ? canvas.actions.length / rate : null)
}
