import { describe, expect, it } from 'vitest'
import type { Mark } from '../../api/types'
import { drawn, drawnTo, finished, isSeen, MOST_MARKS, moved, sheetOf, stretched } from './marks'

const mark = (change: Partial<Mark> = {}): Mark => ({
  kind: 'arrow',
  points: [
    [0.2, 0.2],
    [0.5, 0.6],
  ],
  colour: '#ffffff',
  width: 8,
  ...change,
})

describe('a sheet', () => {
  const one = drawn(sheetOf([]), { do: 'add', mark: mark() })
  it('is taken back and brought again', () => {
    const undone = drawn(one, { do: 'undo' })
    expect(undone.marks).toEqual([])
    expect(drawn(undone, { do: 'redo' }).marks).toEqual(one.marks)
    expect(drawn(undone, { do: 'undo' })).toBe(undone)
  })
  it('forgets what was taken back once something else is drawn', () => {
    const other = drawn(drawn(one, { do: 'undo' }), { do: 'add', mark: mark({ kind: 'box' }) })
    expect(drawn(other, { do: 'redo' })).toBe(other)
  })
  it('is cleared, and that is taken back too', () => {
    expect(drawn(drawn(one, { do: 'clear' }), { do: 'undo' }).marks.length).toBe(1)
  })
  it('takes so many marks and no more', () => {
    const full = sheetOf(Array.from({ length: MOST_MARKS }, () => mark()))
    expect(drawn(full, { do: 'add', mark: mark() })).toBe(full)
  })
})

describe('a mark', () => {
  it('goes from where a hand began to where it is', () => {
    expect(drawnTo(mark(), [0.9, 0.9]).points).toEqual([
      [0.2, 0.2],
      [0.9, 0.9],
    ])
    expect(drawnTo(mark({ kind: 'pen', points: [[0, 0]] }), [0.1, 0]).points.length).toBe(2)
    expect(drawnTo(mark({ kind: 'words', points: [[0, 0]] }), [0.1, 0]).points).toEqual([[0.1, 0]])
  })
  it('that is a line keeps the points that bend it', () => {
    const points = [
      [0, 0],
      [0.1, 0.1],
      [0.2, 0.2],
      [0.3, 0.1],
      [0.4, 0],
    ]
    expect(finished(mark({ kind: 'pen', points })).points).toEqual([
      [0, 0],
      [0.2, 0.2],
      [0.4, 0],
    ])
  })
  it('that is a dot is not seen, nor words that say nothing', () => {
    expect(
      isSeen(
        mark({
          points: [
            [0.2, 0.2],
            [0.201, 0.2],
          ],
        }),
      ),
    ).toBe(false)
    expect(isSeen(mark({ kind: 'words', points: [[0, 0]], text: ' ' }))).toBe(false)
    expect(isSeen(mark())).toBe(true)
  })
  it('stays inside of the frame', () => {
    expect(
      moved(mark(), [-0.5, 0.9]).points.map((point) => point.map((share) => Number(share.toFixed(3)))),
    ).toEqual([
      [0, 0.6],
      [0.3, 1],
    ])
    expect(stretched(mark(), [0.9, 0]).points[1]).toEqual([1, 0.6])
  })
})
