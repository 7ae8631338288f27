import { describe, expect, it } from 'vitest'
import { inOrder, nearest, neighbour, type Way } from './near'

const box = (id: string, x: number, y: number) => ({ id, x, y, width: 10, height: 10 })
const WAYS: readonly Way[] = ['left', 'right', 'up', 'down']
const three = [box('a', 0, 0), box('b', 100, 3), box('c', 0, 100)]
const [a] = three as [(typeof three)[0], ...typeof three]

describe('the next item', () => {
  it('lies in the direction, and straight ahead rather than aside', () => {
    expect(neighbour(three, a, 'right')?.id).toBe('b')
    expect(neighbour(three, a, 'down')?.id).toBe('c')
    expect(neighbour(three, a, 'left')).toBeNull()
    expect(neighbour([a, box('near', 40, 60), box('ahead', 90, 0)], a, 'right')?.id).toBe('ahead')
  })

  it('and the next reach every item of a board, however it lies', () => {
    let seed = 7
    const random = () => {
      seed = (seed * 48271) % 2147483647
      return seed % 4000
    }
    const all = [...Array(120)].map((_, at) => box(String(at), random(), random()))
    const reached = new Set(['0'])
    const waiting = all.slice(0, 1)
    for (let from = waiting.pop(); from !== undefined; from = waiting.pop()) {
      for (const way of WAYS) {
        const next = neighbour(all, from, way)
        if (next === null || reached.has(next.id)) continue
        reached.add(next.id)
        waiting.push(next)
      }
    }
    expect(reached.size).toBeGreaterThan(110)
  })
})

it('items are read row by row, from the side at which the language begins', () => {
  expect(inOrder(three, false).map((item) => item.id)).toEqual(['a', 'b', 'c'])
  expect(inOrder(three, true).map((item) => item.id)).toEqual(['b', 'a', 'c'])
})

it('the nearest of what is left is known', () => {
  expect(nearest(three, box('gone', 10, 80))?.id).toBe('c')
  expect(nearest([], a)).toBeNull()
})
