/** On which picture one draws: what stands on the strip, or the take that is looked at. */
import { idIn, referenceTo } from '../../api/assets'
import type { Asset, Drawing, Take } from '../../api/types'
import type { Draft } from '../draft/draft'
import { frameOfPin, type Span } from '../draft/frames'
import { urlOf } from '../things'

export interface Ground {
  name: string
  /** As `asset:ID`. */
  file: string
  /** The take that made it. */
  takeId: string | null
  kind: 'picture' | 'clip'
  url: string
  /** Where in the whole it is, in seconds; a clip has frames from here on. */
  at: number
  /** Of a clip. */
  seconds: number
  rate: number
}

export function groundsOf(
  draft: Draft,
  span: Span,
  take: Take | null,
  seen: (number: number) => string,
): Ground[] {
  const grounds: Ground[] = []
  const video = take?.job.outputs.video
  const image = take?.job.outputs.image
  if (take && video) {
    const { url, duration_seconds, frame_rate } = video
    grounds.push({
      name: seen(take.number),
      file: referenceTo(video.id),
      takeId: take.id,
      kind: 'clip',
      url,
      at: 0,
      seconds: duration_seconds ?? span.total,
      rate: frame_rate ?? span.rate,
    })
  } else if (take && image) {
    grounds.push({
      name: seen(take.number),
      file: referenceTo(image.id),
      takeId: take.id,
      kind: 'picture',
      url: image.url,
      at: 0,
      seconds: 0,
      rate: span.rate,
    })
  }
  const clip = draft.source && urlOf(draft.source.clip)
  if (draft.source && clip && span.clip) {
    const [from, to] = span.clip
    const { clip: file } = draft.source
    grounds.push({
      name: '',
      file,
      takeId: null,
      kind: 'clip',
      url: clip,
      at: from,
      seconds: to - from,
      rate: span.rate,
    })
  }
  for (const pin of draft.pins) {
    const url = urlOf(pin.image)
    if (url === null) continue
    const at = frameOfPin(pin, span) / span.rate
    grounds.push({
      name: '',
      file: pin.image,
      takeId: null,
      kind: 'picture',
      url,
      at,
      seconds: 0,
      rate: span.rate,
    })
  }
  return grounds
}

/** The one that a drawing was made on, as far as its time tells. */
export function groundAt(grounds: readonly Ground[], at: number): Ground | null {
  const apart = (ground: Ground) => Math.max(ground.at - at, at - (ground.at + ground.seconds), 0)
  return grounds.reduce<Ground | null>(
    (best, one) => (best !== null && apart(best) <= apart(one) ? best : one),
    null,
  )
}

/** The one that a drawing was made on, whatever stands on the strip by now; null: it is not known, or gone. */
export function groundOf(
  drawing: Drawing | null,
  grounds: readonly Ground[],
  asset: Asset | null,
): Ground | null {
  const on = drawing?.ground ?? null
  if (drawing === null || on === null) return null
  const there = grounds.find((ground) => ground.file === on.file)
  const url = urlOf(on.file)
  if (there !== undefined || url === null || asset === null || asset.id !== idIn(on.file))
    return there ?? null
  const rate = asset.frame_rate ?? 1
  const from = drawing.at_seconds - (on.frame ?? 0) / rate
  return {
    name: '',
    file: on.file,
    takeId: on.take_id ?? null,
    kind: on.frame == null ? 'picture' : 'clip',
    url,
    at: from,
    seconds: asset.duration_seconds ?? 0,
    rate,
  }
}

/** A drawing with what it was made on. */
export function drawingOn(ground: Ground | null, at: number, marks: Drawing['marks']): Drawing | null {
  if (marks.length === 0) return null
  if (ground === null || idIn(ground.file) === null) return { at_seconds: at, marks }
  const frame = ground.kind === 'clip' ? Math.max(0, Math.round((at - ground.at) * ground.rate)) : null
  return { at_seconds: at, ground: { file: ground.file, frame, take_id: ground.takeId }, marks }
}
