import { describe, expect, it } from 'vitest'
import type { BoardItem } from '../../api/types'
import { applied, changing, deleting, isNothing, placing, putting, referred, undone } from './acts'

const item = (id: string, change: Partial<BoardItem> = {}) =>
  ({
    id,
    kind: 'note',
    x: 0,
    y: 0,
    width: 10,
    height: 10,
    layer: 0,
    text: '',
    colour: null,
    ...change,
  }) as BoardItem
const board = [item('a'), item('b', { x: 50 })]

describe('an act', () => {
  it('and its undoing leave the board as it was', () => {
    for (const act of [
      putting([item('c')]),
      deleting(board),
      placing(board, [{ ...item('a'), x: 7, layer: 3 }]),
      changing(board, () => ({ text: 'lamp' })),
    ]) {
      const after = applied(board, act)
      expect(after).not.toEqual(board)
      expect([...applied(after, undone(act))].sort((one, other) => (one.id < other.id ? -1 : 1))).toEqual(
        board,
      )
    }
  })

  it('leaves what others changed meanwhile', () => {
    const move = placing(board, [{ ...item('a'), x: 7 }])
    const theirs = [item('a', { text: 'theirs' })]
    expect(applied(theirs, move)).toEqual([item('a', { text: 'theirs', x: 7 })])
  })

  it('on what others took away does nothing', () => {
    expect(applied([], placing(board, [{ ...item('a'), x: 7 }]))).toEqual([])
  })

  it('that changes nothing is none', () => {
    expect(isNothing(placing(board, board))).toBe(true)
  })

  it('that gives a shot a file leaves what others gave it', () => {
    const act = { shotId: 's', before: ['a'], after: ['a', 'b'] }
    expect(referred(['a', 'theirs'], act)).toEqual(['a', 'theirs', 'b'])
    const [back] = undone({ items: [], shots: [act] }).shots
    expect(back && referred(['a', 'theirs', 'b'], back)).toEqual(['a', 'theirs'])
  })
})
