/** What the job behind a take says, as places show it. */
import type { Job, Output, ProjectWhole, Shot, Take, TakeKind } from '../../api/types'

export type Standing = 'queued' | 'held' | 'running' | 'cancelling' | 'succeeded' | 'failed' | 'cancelled'

export function standing(job: Job): Standing {
  if (job.state === 'queued' && job.is_held) return 'held'
  if (job.state === 'running' && job.is_cancel_asked) return 'cancelling'
  return job.state
}

export function isUnderWay(job: Job): boolean {
  return job.state === 'queued' || job.state === 'running'
}

/** What is looked at: the clip, else the picture. */
export function mainOutput(job: Job): Output | null {
  return job.outputs.video ?? job.outputs.image ?? null
}

export function pictureUrl(job: Job): string | null {
  return (job.outputs.thumbnail ?? job.outputs.image)?.url ?? null
}

/** The take that stands for a shot: the chosen one, else the newest that was made, a master before drafts. */
export function faceOf(shot: Shot): Take | null {
  const made = shot.takes.filter((take) => take.job.state === 'succeeded')
  const newest = (kind: TakeKind) => made.filter((take) => take.kind === kind).at(-1)
  const chosen = shot.takes.find((take) => take.id === shot.chosen_take_id)
  return chosen ?? newest('master') ?? newest('draft') ?? newest('still') ?? null
}

export function takesOf(project: ProjectWhole): Take[] {
  return project.shots.flatMap((shot) => shot.takes)
}

export function underWay(shot: Shot): Take[] {
  return shot.takes.filter((take) => isUnderWay(take.job))
}

/** What is going on for a shot; held: nothing is before somebody lets it; null: nothing is asked for. */
export function workOn(shot: Shot): 'running' | 'held' | null {
  const takes = underWay(shot)
  if (takes.length === 0) return null
  return takes.every((take) => standing(take.job) === 'held') ? 'held' : 'running'
}

interface Size {
  width?: number | null
  height?: number | null
}

/** Width by height of what a shot is, or will be. */
export function shapeOf(takes: readonly Take[], size: Size): number {
  if (size.width && size.height) return size.width / size.height
  for (const take of takes) {
    const made = mainOutput(take.job)
    if (made?.width && made.height) return made.width / made.height
  }
  return 16 / 9
}

/** What a job really cost, in credits: what did not succeed is given back. */
export function costOf(job: Pick<Job, 'cost' | 'state'>): number {
  return job.state === 'failed' || job.state === 'cancelled' ? 0 : job.cost
}

/** The seed that a take was made with. */
export function seedOf(take: Take): number | null {
  const told = take.job.take?.seed
  return typeof told === 'number' ? told : (take.job.canvas.seed ?? null)
}
