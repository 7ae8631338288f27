/** What is done with the items of a board, as acts that can be undone. */
import { useMemo } from 'react'
import type { BoardItem, Shot } from '../../api/types'
import { notify } from '../../parts/Toast'
import { useWords } from '../../words/words'
import { type Act, changing, deleting, placing, putting } from './acts'
import { type Axis, aligned, distributed, type Place, restacked, type Side, scaled, shifted } from './arrange'
import { assetOf, type Colour, copies, newItem, type Showing, type Shown } from './making'
import type { Film } from './naming'
import { around, middleOf, type Point } from './plane'
import type { Board } from './useBoard'

interface Acting {
  film: Film
  board: Board
  selected: ReadonlySet<string>
  onSelect(ids: ReadonlySet<string>): void
}

export function useBoardActs({ film, board, selected, onSelect }: Acting) {
  const { t } = useWords()
  const { items } = board
  const chosen = useMemo(() => items.filter((item) => selected.has(item.id)), [items, selected])
  const takes = useMemo(() => new Map([...film.takes].map(([id, { take }]) => [id, take])), [film])
  const place = (places: readonly Place[]) => board.act(placing(items, places))

  const put = (made: readonly BoardItem[]) => {
    board.act(putting(made))
    onSelect(new Set(made.map((item) => item.id)))
  }
  const refer = (referred: readonly Shown[], shot: Shot) => {
    const ids = referred.flatMap((item) => assetOf(item, takes) ?? [])
    const after = [...new Set([...shot.references, ...ids])]
    if (after.length > shot.references.length) {
      board.act({ items: [], shots: [{ shotId: shot.id, before: shot.references, after }] })
    }
    const values = { count: ids.length, shot: t('film.shot', { number: shot.number }) }
    notify({ title: t('board.referred', values), act: { label: t('common.undo'), run: board.undo } })
  }
  const remove = (gone: readonly BoardItem[]) => {
    board.act(deleting(gone))
    onSelect(new Set())
    const title = t('board.deleted', { count: gone.length })
    notify({ title, act: { label: t('common.undo'), run: board.undo } })
  }
  return {
    chosen,
    place,
    put,
    refer,
    /** The file of an item; null: it has none, or its take is gone. */
    fileOf: (item: BoardItem) => assetOf(item, takes),
    lay: (showing: Showing, at: Point): BoardItem => {
      const item = newItem(items, at, showing)
      put([item])
      return item
    },
    copy: (of: readonly BoardItem[], at: Point | null) => put(copies(of, items, at)),
    remove: () => chosen.length > 0 && remove(chosen),
    move: (by: Point) => place(shifted(chosen, by)),
    resize: (factor: number) => {
      const box = around(chosen)
      if (box !== null) place(scaled(chosen, middleOf(box), factor))
    },
    stack: (where: 'front' | 'back') => place(restacked(items, selected, where)),
    align: (side: Side) => place(aligned(chosen, side)),
    distribute: (axis: Axis) => place(distributed(chosen, axis)),
    colour: (colour: Colour) => board.act(changing(chosen, () => ({ colour }))),
    /** A note, letter by letter; what was written counts once a person is done. */
    writing: (item: BoardItem, text: string, was: string) => board.write(writing(item, text, was)),
    write: (item: BoardItem, text: string, was: string) => {
      board.write(null)
      board.act(writing(item, text, was))
    },
  }
}

function writing(item: BoardItem, text: string, was: string): Act {
  return changing([{ ...item, text: was }], () => ({ text }))
}
