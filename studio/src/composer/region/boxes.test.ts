import { describe, expect, it } from 'vitest'
import type { Box } from '../draft/draft'
import { boxBetween, coverAll, isMeant, LEAST, MIDDLE, movedBox, rounded, stretchedBox } from './boxes'

const box = (left: number, top: number, width: number, height: number): Box => ({ left, top, width, height })

describe('a rectangle', () => {
  it('lies between two points, whichever came first', () => {
    expect(boxBetween([0.75, 0.25], [0.25, 0.5])).toEqual(box(0.25, 0.25, 0.5, 0.25))
    expect(isMeant(boxBetween([0.5, 0.5], [0.5, 0.9]))).toBe(false)
    expect(isMeant(MIDDLE)).toBe(true)
  })

  it('stays whole within the picture when it is moved', () => {
    expect(movedBox(MIDDLE, [0.1, -0.1])).toMatchObject({ left: 0.4, top: expect.closeTo(0.2) })
    expect(movedBox(MIDDLE, [9, -9])).toMatchObject({ left: 0.6, top: 0, width: 0.4, height: 0.4 })
  })

  it('is stretched by a corner, and the one across from it stays', () => {
    const start = box(0.25, 0.25, 0.5, 0.5)
    expect(stretchedBox(start, [1, 1], [0.125, 9])).toEqual(box(0.25, 0.25, 0.625, 0.75))
    expect(stretchedBox(start, [0, 0], [-9, 0.25])).toEqual(box(0, 0.5, 0.75, 0.25))
    const least = stretchedBox(start, [0, 1], [9, -9])
    expect([least.width, least.height]).toEqual([expect.closeTo(LEAST), expect.closeTo(LEAST)])
    expect(least.left + least.width).toBeCloseTo(0.75)
  })

  it('is kept in thousandths that never reach out of the picture', () => {
    const kept = rounded(box(1 / 3, 2 / 3, 2 / 3, 1 / 3))
    expect(kept).toEqual(box(0.333, 0.667, 0.667, 0.333))
    expect(kept.left + kept.width).toBeLessThanOrEqual(1 + 1e-6)
  })
})

it('rectangles cover the picture together, or leave a hole', () => {
  const sides = [box(0, 0, 1, 0.3), box(0, 0.7, 1, 0.3), box(0, 0.2, 0.4, 0.6), box(0.6, 0.2, 0.4, 0.6)]
  expect(coverAll(sides)).toBe(false)
  expect(coverAll([...sides, box(0.35, 0.25, 0.3, 0.5)])).toBe(true)
  expect(coverAll([box(0, 0, 0.333, 1), box(0.333, 0, 0.667, 1)])).toBe(true)
  expect(coverAll([])).toBe(false)
})
