import { describe, expect, it } from 'vitest'
import type { Asset, Mark, Take } from '../../api/types'
import { EMPTY } from '../draft/draft'
import { spanOf } from '../draft/frames'
import { drawingOn, groundOf, groundsOf } from './ground'

const ID = '0190163d-8694-739b-aea6-966c26f8ad91'
const marks = [
  {
    kind: 'arrow',
    points: [
      [0, 0],
      [1, 1],
    ],
    colour: '#fff',
    width: 8,
  },
] as Mark[]
const take = {
  id: 't',
  number: 3,
  job: { outputs: { video: { id: ID, url: '/media/a', duration_seconds: 2, frame_rate: 12 } } },
} as unknown as Take
const span = spanOf(EMPTY, null, null, null)
const [ground] = groundsOf(EMPTY, span, take, (number) => `take ${number}`)

describe('a drawing', () => {
  const drawing = drawingOn(ground ?? null, 0.5, marks)
  it('knows the take and the frame that it was made on', () => {
    expect(drawing).toEqual({
      at_seconds: 0.5,
      ground: { file: `asset:${ID}`, frame: 6, take_id: 't' },
      marks,
    })
  })

  it('is shown again with it, also where another take is looked at', () => {
    expect(groundOf(drawing, ground ? [ground] : [], null)).toBe(ground)
    const asset = { id: ID, frame_rate: 12, duration_seconds: 2 } as Asset
    expect(groundOf(drawing, [], asset)).toMatchObject({ kind: 'clip', at: 0, rate: 12, takeId: 't' })
    expect(groundOf(drawing, [], null)).toBeNull()
  })

  it('is none without a mark, and is tied to nothing where there was no picture', () => {
    expect(drawingOn(ground ?? null, 0.5, [])).toBeNull()
    expect(drawingOn(null, 0, marks)).toEqual({ at_seconds: 0, marks })
    expect(groundOf({ at_seconds: 0, marks }, [], null)).toBeNull()
  })

  it('of a picture that is pinned has no frame', () => {
    const pinned = { ...EMPTY, pins: [{ id: 1, image: `asset:${ID}`, at: 1 }] }
    const [pin] = groundsOf(pinned, span, null, String)
    expect(drawingOn(pin ?? null, 1, marks)?.ground).toEqual({
      file: `asset:${ID}`,
      frame: null,
      take_id: null,
    })
  })
})
