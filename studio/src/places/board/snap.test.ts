import { describe, expect, it } from 'vitest'
import { snapped } from './snap'

const other = { x: 100, y: 100, width: 200, height: 100 }

describe('a box that is moved', () => {
  it('is drawn to an edge that is near, and a line goes along both', () => {
    const { by, lines } = snapped({ x: 104, y: 400, width: 50, height: 50 }, [other], 6)
    expect(by).toEqual({ x: -4, y: 0 })
    expect(lines).toEqual([{ axis: 'down', at: 100, from: 100, to: 450 }])
  })

  it('is drawn to middles as to edges, and to the nearest first', () => {
    const moved = { x: 178, y: 147, width: 40, height: 10 }
    const far = { x: 500, y: 147.5, width: 10, height: 10 }
    const { by, lines } = snapped(moved, [other, far], 6)
    expect(by).toEqual({ x: 2, y: 0.5 })
    expect(lines.map((line) => line.at)).toEqual([200, 147.5])
  })

  it('is left alone by what is farther away', () => {
    expect(snapped({ x: 120, y: 310, width: 33, height: 33 }, [other], 6)).toEqual({
      by: { x: 0, y: 0 },
      lines: [],
    })
  })
})
