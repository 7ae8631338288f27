import { describe, expect, it } from 'vitest'
import type { Model } from '../../api/types'
import { isOwnSize, makerOf, shapeOf, sizesIn } from './sizes'

const NOOR = {
  sizes: [
    { width: 128, height: 128 },
    { width: 224, height: 128 },
    { width: 128, height: 224 },
  ],
}

describe('sizes', () => {
  it('are of the shape that they are nearest to', () => {
    expect(shapeOf({ width: 224, height: 128 })).toBe('16:9')
    expect(shapeOf({ width: 128, height: 224 })).toBe('9:16')
    expect(shapeOf({ width: 1080, height: 1350 })).toBe('4:5')
    expect(shapeOf({ width: 2560, height: 1080 })).toBe('21:9')
  })

  it('begin with those that the model makes; others are reached by scaling', () => {
    expect(sizesIn('16:9', NOOR)).toEqual([
      { width: 224, height: 128, isOwn: true },
      { width: 854, height: 480, isOwn: false },
      { width: 1280, height: 720, isOwn: false },
      { width: 1920, height: 1080, isOwn: false },
    ])
    expect(sizesIn('9:16', NOOR)[1]).toEqual({ width: 480, height: 854, isOwn: false })
  })

  it('are all its own where a model tells none', () => {
    expect(sizesIn('1:1', { sizes: [] }).every((size) => size.isOwn)).toBe(true)
    expect(isOwnSize({ width: 640, height: 480 }, NOOR)).toBe(false)
  })

  it('are those of both stages where there are two, and none is reached by scaling', () => {
    const ltx = {
      sizes: [{ width: 768, height: 512 }],
      in_two_stages: { sizes: [{ width: 1536, height: 1024 }], size_multiple: 64 },
    } as unknown as Model
    expect(makerOf(ltx, false)).toEqual({ sizes: ltx.sizes })
    const maker = makerOf(ltx, true)
    expect(sizesIn('4:3', maker)).toEqual([
      { width: 640, height: 512, isOwn: true },
      { width: 960, height: 704, isOwn: true },
      { width: 1536, height: 1024, isOwn: true },
      { width: 1472, height: 1088, isOwn: true },
    ])
    expect(isOwnSize({ width: 960, height: 704 }, maker)).toBe(true)
  })

  it('are even, which codecs want', () => {
    for (const shape of ['21:9', '4:3', '4:5'] as const) {
      for (const { width, height } of sizesIn(shape, NOOR)) expect((width % 2) + (height % 2)).toBe(0)
    }
  })
})
