import { describe, expect, it } from 'vitest'
import type { BoardItem } from '../../api/types'
import { cornerNear, resizedTo, resizing } from './resizing'

const item = (kind: 'note' | 'picture', box = { x: 0, y: 0, width: 160, height: 90 }) =>
  ({ id: 'a', kind, layer: 0, ...box }) as BoardItem
const other = { x: 300, y: 50, width: 100, height: 100 }
const begun = (kind: 'note' | 'picture') => {
  const now = resizing([item(kind)], new Set(['a']), 'se', { x: 160, y: 90 })
  if (now === null) throw new Error('nothing is selected')
  return now
}

describe('what is resized', () => {
  it('keeps its shape, and is drawn to the nearest edge alone', () => {
    const { places, lines } = resizedTo(begun('picture'), { x: 304, y: 171 }, [other], 6)
    expect(places[0]).toMatchObject({ x: 0, y: 0, width: 300, height: 168.75 })
    expect(lines).toEqual([{ axis: 'down', at: 300, from: 0, to: 168.75 }])
  })

  it('is drawn to edges of both directions where it has no shape of its own', () => {
    const { places, lines } = resizedTo(begun('note'), { x: 297, y: 148 }, [other], 6)
    expect(places[0]).toMatchObject({ width: 300, height: 150 })
    expect(lines.map((line) => line.at)).toEqual([300, 150])
  })

  it('is left alone by what is farther away', () => {
    const { places, lines } = resizedTo(begun('picture'), { x: 240, y: 135 }, [other], 6)
    expect(places[0]).toMatchObject({ width: 240, height: 135 })
    expect(lines).toEqual([])
  })

  it('stays about the corner opposite to the one that is held', () => {
    const now = resizing([item('picture')], new Set(['a']), 'nw', { x: 0, y: 0 })
    const { places } = resizedTo(now ?? begun('picture'), { x: 80, y: 45 }, [], 6)
    expect(places[0]).toMatchObject({ x: 80, y: 45, width: 80, height: 45 })
  })
})

describe('a finger', () => {
  const near = (x: number, y: number, box?: Parameters<typeof item>[1]) =>
    cornerNear([item('picture', box)], new Set(['a']), { x, y }, 26)

  it('takes hold of the corner that it is near to', () => {
    expect([near(178, 100), near(-10, 12), near(80, 45)]).toEqual(['se', 'nw', null])
  })

  it('moves what is small by its middle', () => {
    const small = { x: 0, y: 0, width: 40, height: 40 }
    expect([near(20, 20, small), near(44, 44, small)]).toEqual([null, 'se'])
  })
})
