/** Which take is looked at, and beside which: kept in the address, so that a reload and a link show the same. */
import { useSearchParams } from 'wouter'
import type { Shot, Take } from '../../api/types'
import { faceOf } from '../common/jobs'

export const WAYS = ['side', 'wipe', 'difference'] as const
export type Way = (typeof WAYS)[number]

export interface Looking {
  take: Take | null
  /** The one that it is compared with. */
  other: Take | null
  by: Way
  look(id: string): void
  compare(id: string): void
  compareBy(by: Way): void
  alone(): void
  step(by: -1 | 1): void
}

export function useLooking(shot: Shot, takes: readonly Take[]): Looking {
  const [asked, ask] = useSearchParams()
  const find = (name: string) => takes.find((one) => one.id === asked.get(name)) ?? null
  const take = find('take') ?? standingFor(shot, takes)
  const other = find('with')
  const change = (edit: (params: URLSearchParams) => void) =>
    ask(
      (before) => {
        const next = new URLSearchParams(before)
        edit(next)
        return next
      },
      { replace: true },
    )
  const look = (id: string) => change((params) => params.set('take', id))
  return {
    take,
    other: other?.id === take?.id ? null : other,
    by: WAYS.find((way) => way === asked.get('by')) ?? 'side',
    look,
    compare: (id) =>
      change((params) => {
        if (take) params.set('take', take.id)
        params.set('with', id)
      }),
    compareBy: (by) => change((params) => params.set('by', by)),
    alone: () => change((params) => params.delete('with')),
    step: (by) => {
      const next = stepped(takes, take, by)
      if (next) look(next.id)
    },
  }
}

/** The one before or after, newest first as they lie. */
export function stepped(takes: readonly Take[], take: Take | null, by: -1 | 1): Take | undefined {
  const laid = newestFirst(takes)
  const at = laid.findIndex((one) => one.id === take?.id)
  return at < 0 ? laid[0] : laid[at + by]
}

export function newestFirst(takes: readonly Take[]): Take[] {
  return [...takes].sort((one, next) => next.number - one.number)
}

/** With which take one is compared first: the one that it was made from, else the newest other that was made. */
export function rivalOf(take: Take, takes: readonly Take[]): Take | null {
  const made = newestFirst(takes).filter((one) => one.id !== take.id && one.job.state === 'succeeded')
  return made.find((one) => one.id === take.parent_take_id) ?? made[0] ?? null
}

function standingFor(shot: Shot, takes: readonly Take[]): Take | null {
  const face = faceOf({ ...shot, takes: [...takes] })
  return face ?? newestFirst(takes)[0] ?? null
}
