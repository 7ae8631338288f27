import { expect, it } from 'vitest'
import { EMPTY } from './draft'
import { edited } from './edits'

const two = [0, 1].reduce((draft, at) => edited(draft, { do: 'pin', image: `asset:${at}`, at }), EMPTY)

it('pictures stand in the order of time, the last frame last', () => {
  const draft = edited(edited(two, { do: 'pin', image: 'asset:end', at: null }), {
    do: 'repin',
    id: 1,
    at: 2,
  })
  expect(draft.pins.map((pin) => pin.at)).toEqual([1, 2, null])
})

it('a picture takes the place of the one at its time', () => {
  const draft = edited(two, { do: 'pin', image: 'asset:new', at: 0 })
  expect(draft.pins.map((pin) => pin.image)).toEqual(['asset:new', 'asset:1'])
  expect(new Set(draft.pins.map((pin) => pin.id)).size).toBe(2)
})

it('a picture is taken off, or changed for another', () => {
  expect(edited(two, { do: 'unpin', id: 1 }).pins.map((pin) => pin.at)).toEqual([1])
  expect(edited(two, { do: 'repicture', id: 1, image: 'asset:x' }).pins[0]?.image).toBe('asset:x')
})

it('there is one clip that a canvas starts from', () => {
  const first = edited(EMPTY, { do: 'start', clip: 'asset:a', role: 'after' })
  const draft = edited(first, { do: 'start', clip: 'asset:b', role: 'modify' })
  expect(draft.source).toMatchObject({ clip: 'asset:b', role: 'modify', strength: 0.6, region: null })
  expect(edited(draft, { do: 'unstart' }).source).toBeNull()
  expect(edited(EMPTY, { do: 'source', values: { strength: 1 } })).toBe(EMPTY)
})

it('a move goes before a path that came from elsewhere', () => {
  const draft = {
    ...EMPTY,
    kept: { canvas: { camera: { move: 'push in', amount: 1 }, frame_rate: 12 }, settings: {} },
  }
  expect(edited(draft, { do: 'move', move: 'pan_left' })).toMatchObject({
    move: 'pan_left',
    kept: { canvas: { frame_rate: 12 } },
  })
  expect(edited(draft, { do: 'move', move: null }).kept.canvas).toEqual({ frame_rate: 12 })
})
