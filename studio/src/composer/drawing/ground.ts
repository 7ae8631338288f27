/** On which picture one draws: what stands on the strip, or the take that is looked at. */
import type { Take } from '../../api/types'
import type { Draft } from '../draft/draft'
import { frameOfPin, type Span } from '../draft/frames'
import { urlOf } from '../things'

export interface Ground {
  name: string
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
      kind: 'clip',
      url,
      at: 0,
      seconds: duration_seconds ?? span.total,
      rate: frame_rate ?? span.rate,
    })
  } else if (take && image) {
    grounds.push({
      name: seen(take.number),
      kind: 'picture',
      url: image.url,
      at: 0,
      seconds: 0,
      rate: span.rate,
    })
  }
  const clip = draft.source && urlOf(draft.source.clip)
  if (clip && span.clip) {
    const [from, to] = span.clip
    grounds.push({ name: '', kind: 'clip', url: clip, at: from, seconds: to - from, rate: span.rate })
  }
  for (const pin of draft.pins) {
    const url = urlOf(pin.image)
    if (url === null) continue
    const at = frameOfPin(pin, span) / span.rate
    grounds.push({ name: '', kind: 'picture', url, at, seconds: 0, rate: span.rate })
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
