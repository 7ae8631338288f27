import { describe, expect, it } from 'vitest'
import { frameAt, placeOfFrame } from './playback'

describe('frames of a clip', () => {
  it('are found from every place inside of them', () => {
    expect([0, 0.04, 1 / 12, 0.5].map((seconds) => frameAt(seconds, 12))).toEqual([0, 0, 1, 6])
  })

  it('come back from where they are put', () => {
    for (let frame = 0; frame < 24; frame++) expect(frameAt(placeOfFrame(frame, 12, 2), 12)).toBe(frame)
  })

  it('end with the clip', () => {
    expect(placeOfFrame(99, 12, 2)).toBeCloseTo(23.5 / 12)
    expect(placeOfFrame(-3, 12, 2)).toBeCloseTo(0.5 / 12)
  })
})
