import { describe, expect, it } from 'vitest'
import { drawnOn, extentOf, isOfShape, pathOf } from './ink'

describe('a mask', () => {
  it('has the shape of its clip, as far as sizes are rounded', () => {
    const clip = { width: 224, height: 128 }
    expect(isOfShape({ width: 1792, height: 1024 }, clip)).toBe(true)
    expect(isOfShape({ width: 225, height: 129 }, clip)).toBe(true)
    expect(isOfShape({ width: 128, height: 224 }, clip)).toBe(false)
    expect(isOfShape({ width: 240, height: 128 }, clip)).toBe(false)
  })

  it('is white where something was painted', () => {
    const black = [0, 0, 0, 255]
    const white = [255, 255, 255, 255]
    const grey = [127, 127, 127, 255]
    expect(extentOf(new Uint8ClampedArray([...black, ...grey]))).toBe('none')
    expect(extentOf(new Uint8ClampedArray([...black, ...white]))).toBe('some')
    expect(extentOf(new Uint8ClampedArray([...white, ...white]))).toBe('all')
  })

  it('is painted by strokes whose points are no nearer than can be seen', () => {
    const begun = drawnOn([], [0.5, 0.25])
    expect(drawnOn(begun, [0.501, 0.251])).toBe(begun)
    const stroke = drawnOn(begun, [0.75, 0.123456])
    expect(stroke).toEqual([
      [0.5, 0.25],
      [0.75, 0.123],
    ])
    expect(pathOf(stroke, { width: 200, height: 100 })).toBe('M100 25L150 12.3')
    expect(pathOf(begun, { width: 200, height: 100 })).toBe('M100 25l0 0')
  })
})
