/** Time in frames: the whole that a draft makes, what of it is there already, and where a picture may be pinned. */
import type { Model } from '../../api/types'
import { type Draft, isAsLong, type Pin } from './draft'

export const USUAL_RATE = 24
export const USUAL_SECONDS = 5

/** What is known of a file. */
export interface Facts {
  seconds: number | null
  rate: number | null
}

export interface Span {
  /** Frames a second. */
  rate: number
  /** Seconds. */
  total: number
  frames: number
  /** Where the clip lies that it starts from, in seconds. */
  clip: readonly [number, number] | null
  /** What is made anew. */
  made: readonly [number, number]
  /** Whether the clip says how long it is. */
  isFixed: boolean
}

type Rates = Pick<Model, 'frame_rate' | 'default_seconds'>

export function spanOf(draft: Draft, model: Rates | null, source: Facts | null, sound: Facts | null): Span {
  const role = draft.source?.role
  const own = draft.kept.canvas.frame_rate ?? model?.frame_rate ?? USUAL_RATE
  const rate = (role === 'sound_for' ? source?.rate : null) ?? own
  const usual = model?.default_seconds ?? USUAL_SECONDS
  const asked = draft.seconds ?? (role === undefined ? sound?.seconds : null) ?? usual
  const there = source?.seconds ?? usual
  const span = (total: number, clip: Span['clip'], made: Span['made']): Span => ({
    rate,
    total,
    frames: Math.max(1, frameOf(total, rate)),
    clip,
    made,
    isFixed: role !== undefined && isAsLong(role),
  })
  if (role === undefined) return span(asked, null, [0, asked])
  if (role === 'after') return span(there + asked, [0, there], [there, there + asked])
  if (role === 'before') return span(asked + there, [asked, asked + there], [0, asked])
  return span(there, [0, there], [0, there])
}

/** The frame that is nearest to a time. */
export function frameOf(seconds: number, rate: number): number {
  return Math.round(seconds * rate)
}

/** The frame at which a picture is pinned. */
export function frameOfPin(pin: Pin, span: Span): number {
  return pin.at === null ? span.frames - 1 : frameOf(pin.at, span.rate)
}

/** Where a picture stands that is put at a frame: the last one is the last however long the whole becomes. */
export function placeAt(frame: number, span: Span, isLoop: boolean): number | null {
  const last = span.frames - 1
  if (!isLoop && last > 0 && frame >= last) return null
  return Math.max(0, Math.min(frame, isLoop ? last - 1 : last)) / span.rate
}

/** Whether a frame is there already, in the clip that is gone on from. */
export function isCovered(frame: number, { made, rate }: Span): boolean {
  return frame < frameOf(made[0], rate) || frame >= frameOf(made[1], rate)
}

/** The free frame that is nearest to one where a pin is wanted: no two stand at the same time, and none on the clip. */
export function freeFrame(wanted: number, pins: readonly Pin[], span: Span, isLoop = false): number | null {
  const taken = new Set(pins.map((pin) => frameOfPin(pin, span)))
  const last = Math.max(0, span.frames - (isLoop ? 2 : 1))
  const isFree = (frame: number) =>
    frame >= 0 && frame <= last && !taken.has(frame) && !isCovered(frame, span)
  const at = Math.max(0, Math.min(Math.round(wanted), last))
  for (let apart = 0; apart <= last; apart++) {
    for (const frame of [at + apart, at - apart]) {
      if (isFree(frame)) return frame
    }
  }
  return null
}

const VIEWS = [1, 1.5, 2, 3, 4, 5, 6, 8, 10, 12, 15, 20, 25, 30, 40, 50, 60, 90, 120, 180, 240, 300, 420, 600]

/** How many seconds are in view: somewhat more than there are, so that the end can be drawn out. */
export function viewOf(total: number): number {
  return VIEWS.find((seconds) => seconds >= total * 1.12) ?? total * 1.12
}

const MARKS = [0.25, 0.5, 1, 2, 5, 10, 30, 60, 120]
const MOST_MARKS = 9
const MOST_FINE = 90

/** Where a ruler has its marks, in seconds: some with numbers, and fine ones between, one a frame where there is room. */
export function marksOf(view: number, rate: number): { main: number[]; fine: number[] } {
  const main = MARKS.find((step) => view / step <= MOST_MARKS) ?? view / MOST_MARKS
  const fine = view * rate <= MOST_FINE ? 1 / rate : main / 5
  return { main: every(main, view), fine: every(fine, view) }
}

function every(step: number, view: number): number[] {
  return Array.from({ length: Math.floor(view / step + 1e-6) + 1 }, (_, index) => index * step)
}
