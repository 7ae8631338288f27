import { describe, expect, it } from 'vitest'
import { type Draft, EMPTY, type Role } from './draft'
import { edited } from './edits'
import { frameOfPin, freeFrame, isCovered, marksOf, placeAt, spanOf, viewOf } from './frames'

const MODEL = { frame_rate: 12, default_seconds: 2 }
const CLIP = { seconds: 3, rate: 24 }
const withClip = (role: Role, seconds: number | null = null): Draft => ({
  ...edited(EMPTY, { do: 'start', clip: 'asset:c', role }),
  seconds,
})

describe('the whole', () => {
  it('is as long as is asked for, else as the sound, else as the model makes it', () => {
    expect(spanOf({ ...EMPTY, seconds: 1 }, MODEL, null, CLIP).total).toBe(1)
    expect(spanOf(EMPTY, MODEL, null, CLIP).total).toBe(3)
    expect(spanOf(EMPTY, MODEL, null, null)).toMatchObject({ total: 2, rate: 12, frames: 24, clip: null })
    expect(spanOf(EMPTY, null, null, null)).toMatchObject({ total: 5, rate: 24 })
  })

  it.each<[Role, object]>([
    ['after', { total: 4, clip: [0, 3], made: [3, 4], isFixed: false }],
    ['before', { total: 4, clip: [1, 4], made: [0, 1], isFixed: false }],
    ['modify', { total: 3, clip: [0, 3], made: [0, 3], isFixed: true }],
    ['reframe', { total: 3, isFixed: true }],
    ['sound_for', { total: 3, rate: 24, isFixed: true }],
  ])('lies around its clip: %s', (role, told) =>
    expect(spanOf(withClip(role, 1), MODEL, CLIP, null)).toMatchObject(told))
})

describe('a picture', () => {
  const span = spanOf(EMPTY, MODEL, null, null)
  it('snaps to frames, the last one is the last whatever comes', () => {
    expect(placeAt(0, span, false)).toBe(0)
    expect(placeAt(6, span, false)).toBe(0.5)
    expect(placeAt(23, span, false)).toBeNull()
    expect(placeAt(99, span, false)).toBeNull()
    expect(placeAt(-4, span, false)).toBe(0)
  })

  it('is never the last of a loop', () => expect(placeAt(23, span, true)).toBe(22 / 12))

  it('comes back to the frame where it was put', () => {
    for (let frame = 0; frame < span.frames; frame++) {
      expect(frameOfPin({ id: 1, image: 'a', at: placeAt(frame, span, false) }, span)).toBe(frame)
    }
  })

  it('finds the nearest free frame', () => {
    const pins = [5, 6, 7].map((frame) => ({ id: frame, image: 'a', at: frame / 12 }))
    expect(freeFrame(6, pins, span)).toBe(8)
    expect(freeFrame(5, pins, span)).toBe(4)
    expect(freeFrame(40, [...pins, { id: 9, image: 'a', at: null }], span)).toBe(22)
    const all = Array.from({ length: 24 }, (_, frame) => ({ id: frame, image: 'a', at: frame / 12 }))
    expect(freeFrame(3, all, span)).toBeNull()
  })

  it('is never put on a clip that is gone on from', () => {
    const after = spanOf(withClip('after', 1), MODEL, CLIP, null)
    const before = spanOf(withClip('before', 1), MODEL, CLIP, null)
    expect([freeFrame(0, [], after), freeFrame(40, [], after), freeFrame(30, [], before)]).toEqual([
      36, 40, 11,
    ])
    expect(isCovered(35, after)).toBe(true)
  })
})

describe('the strip', () => {
  it('has room behind the end', () => {
    expect(viewOf(2)).toBe(3)
    expect(viewOf(0.5)).toBe(1)
    expect(viewOf(1000)).toBeCloseTo(1120)
  })

  it('is marked frame by frame where there is room', () => {
    expect(marksOf(3, 12).fine.length).toBe(37)
    expect(marksOf(3, 12).main.at(-1)).toBe(3)
    expect(marksOf(30, 24).main).toEqual([0, 5, 10, 15, 20, 25, 30])
    expect(marksOf(30, 24).fine.length).toBe(31)
  })
})
