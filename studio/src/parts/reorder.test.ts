import { describe, expect, it } from 'vitest'
import { neighbour } from './reorder'

describe('a row that goes by one', () => {
  it.each([
    ['b', -1, 'a'],
    ['a', 1, 'c'],
    ['b', 1, null],
    ['a', -1, undefined],
    ['c', 1, undefined],
    ['x', 1, undefined],
  ] as const)('%s by %i stands before %s', (id, by, before) => {
    expect(neighbour(['a', 'b', 'c'], id, by)).toBe(before)
  })
})
