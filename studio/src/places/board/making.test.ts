import { describe, expect, it } from 'vitest'
import type { BoardItem } from '../../api/types'
import { copies, newItem, shapedAs } from './making'
import { middleOf } from './plane'
import { putOf } from './sending'

const there = { ...newItem([], { x: 0, y: 0 }, { kind: 'note', text: 'a' }), layer: 7 }

describe('a new item', () => {
  it('lies with its middle at the point, above all', () => {
    const item = newItem(
      [there],
      { x: 500, y: -20 },
      { kind: 'picture', asset_id: 'p', width: 40, height: 30 },
    )
    expect(middleOf(item)).toEqual({ x: 500, y: -20 })
    expect(item.layer).toBe(8)
  })
  it('is given to the server with the one thing that it shows', () => {
    const given = (showing: Partial<BoardItem>) =>
      Object.keys(putOf({ ...there, text: null, ...showing } as BoardItem)).filter((name) =>
        /_id|text/.test(name),
      )
    expect(given({ kind: 'note', text: '' })).toEqual(['text'])
    expect(given({ kind: 'clip', take_id: 't', url: '/media/x' })).toEqual(['take_id'])
    expect(given({ kind: 'picture', asset_id: 'a' })).toEqual(['asset_id'])
    expect(given({ kind: 'shot', shot_id: 's' })).toEqual(['shot_id'])
  })
})

describe('copies', () => {
  const pair = [there, { ...there, id: 'b', x: there.x + 100, layer: 2 }]
  it('lie about a point as the others do about theirs, and in their order', () => {
    const [one, other] = copies(pair, pair, { x: 0, y: 0 })
    expect((other?.x ?? 0) - (one?.x ?? 0)).toBe(100)
    expect((one?.layer ?? 0) > (other?.layer ?? 0)).toBe(true)
    expect(other?.layer).toBe(8)
    expect(new Set([one?.id, other?.id, 'b', there.id]).size).toBe(4)
  })
})

it('pictures keep their shape', () => {
  for (const [width, height] of [
    [224, 128],
    [128, 224],
    [100, 100],
  ] as const) {
    const size = shapedAs(width, height)
    expect(size.width / size.height).toBeCloseTo(width / height)
  }
})
