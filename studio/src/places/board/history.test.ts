import { describe, expect, it } from 'vitest'
import type { BoardItem } from '../../api/types'
import { placing, putting } from './acts'
import { arrived, did, EMPTY, redo, refused, shown, undo } from './history'

const item = (id: string, x = 0) =>
  ({ id, kind: 'note', x, y: 0, width: 9, height: 9, layer: 0 }) as BoardItem
const move = placing([item('a')], [{ ...item('a'), x: 5 }])

describe('a history', () => {
  it('shows what was done before the server knows of it', () => {
    const history = did(EMPTY, move)
    expect(shown([item('a')], history)).toEqual([item('a', 5)])
    expect(shown([item('a')], arrived(history))).toEqual([item('a')])
  })

  it('goes back and on again', () => {
    const back = undo(did(EMPTY, move))
    expect(shown([item('a')], back)).toEqual([item('a')])
    expect(shown([item('a')], redo(back))).toEqual([item('a', 5)])
    expect(redo(redo(back))).toEqual(redo(back))
  })

  it('forgets what was undone once something else is done', () => {
    expect(did(undo(did(EMPTY, move)), putting([item('b')])).future).toEqual([])
  })

  it('forgets what the server refused', () => {
    const history = refused(did(EMPTY, move))
    expect(history).toEqual(EMPTY)
    expect(shown([item('a')], history)).toEqual([item('a')])
  })
})
