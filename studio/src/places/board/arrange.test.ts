import { describe, expect, it } from 'vitest'
import { aligned, distributed, LEAST_SIDE, type Place, restacked, scaled } from './arrange'

const place = (id: string, x: number, y: number, width = 100, height = 50, layer = 0): Place => ({
  id,
  x,
  y,
  width,
  height,
  layer,
})
const some = [place('a', 0, 0), place('b', 150, 80, 40, 40), place('c', 400, 20, 200, 100)]

describe('aligned items', () => {
  it('have a side in line', () => {
    expect(aligned(some, 'left').map((one) => one.x)).toEqual([0, 0, 0])
    expect(aligned(some, 'right').map((one) => one.x + one.width)).toEqual([600, 600, 600])
    expect(aligned(some, 'bottom').map((one) => one.y + one.height)).toEqual([120, 120, 120])
  })
  it('have their middles in line', () => {
    expect(aligned(some, 'centre').map((one) => one.x + one.width / 2)).toEqual([300, 300, 300])
    expect(aligned(some, 'middle').map((one) => one.y + one.height / 2)).toEqual([60, 60, 60])
  })
})

describe('distributed items', () => {
  it('have the same gap between all, and the outer ones stay', () => {
    const across = distributed(some, 'across')
    const gaps = across.slice(1).map((one, at) => one.x - ((across[at]?.x ?? 0) + (across[at]?.width ?? 0)))
    expect(gaps).toEqual([130, 130])
    expect([across[0]?.x, across[2]?.x]).toEqual([0, 400])
  })
  it('are three at least', () => {
    expect(distributed(some.slice(0, 2), 'down')).toEqual(some.slice(0, 2))
  })
})

describe('scaled items', () => {
  it('keep their shapes and the point that they are scaled about', () => {
    const [first, second] = scaled(some.slice(0, 2), { x: 0, y: 0 }, 2)
    expect(first).toMatchObject({ x: 0, y: 0, width: 200, height: 100 })
    expect(second).toMatchObject({ x: 300, y: 160, width: 80, height: 80 })
  })
  it('become no smaller than can be grabbed', () => {
    const small = scaled(some, { x: 0, y: 0 }, 0.001)
    expect(Math.min(...small.flatMap((one) => [one.width, one.height]))).toBeCloseTo(LEAST_SIDE)
  })
})

describe('restacked items', () => {
  const all = [place('a', 0, 0, 1, 1, 5), place('b', 0, 0, 1, 1, 3), place('c', 0, 0, 1, 1, -2)]
  it('lie above all others and keep their order', () => {
    expect(restacked(all, new Set(['b', 'c']), 'front').map(({ id, layer }) => [id, layer])).toEqual([
      ['c', 6],
      ['b', 7],
    ])
  })
  it('lie below all others', () => {
    expect(restacked(all, new Set(['a']), 'back').map((one) => one.layer)).toEqual([-3])
  })
})
