/** Putting the rows of a list in another order, by dragging a grip. Keys do the same by `neighbour`. */
import { type PointerEvent, type RefObject, useRef, useState } from 'react'

export interface Dragging {
  id: string
  /** The row that it would be put before; null: at the end. */
  before: string | null
}
export interface Reorder {
  dragging: Dragging | null
  grip(id: string): { onPointerDown(event: PointerEvent<HTMLElement>): void }
}

/** Rows are the elements with `data-row="ID"` in the list. */
export function useReorder(
  list: RefObject<HTMLElement | null>,
  onMove: (id: string, before: string | null) => void,
): Reorder {
  const [dragging, setDragging] = useState<Dragging | null>(null)
  const latest = useRef<Dragging | null>(null)

  const begin = (id: string) => (event: PointerEvent<HTMLElement>) => {
    if (event.button !== 0) return
    event.preventDefault()
    const grip = event.currentTarget
    grip.setPointerCapture(event.pointerId)
    const move = (at: globalThis.PointerEvent) => {
      latest.current = { id, before: rowBelow(list.current, at.clientY) }
      setDragging(latest.current)
    }
    const end = (at: Event) => {
      grip.removeEventListener('pointermove', move)
      for (const name of ENDS) grip.removeEventListener(name, end)
      const last = latest.current
      latest.current = null
      setDragging(null)
      if (at.type === 'pointerup' && last !== null && changes(list.current, last)) onMove(id, last.before)
    }
    grip.addEventListener('pointermove', move)
    for (const name of ENDS) grip.addEventListener(name, end)
  }
  return { dragging, grip: (id) => ({ onPointerDown: begin(id) }) }
}

/** Before which row one goes that goes up (-1) or down (1) by one; undefined: it is at the edge. */
export function neighbour(ids: readonly string[], id: string, by: -1 | 1): string | null | undefined {
  const at = ids.indexOf(id)
  if (at < 0 || at + by < 0 || at + by >= ids.length) return undefined
  return ids[by < 0 ? at - 1 : at + 2] ?? null
}

const ENDS = ['pointerup', 'pointercancel'] as const

function rowsOf(list: HTMLElement | null): HTMLElement[] {
  return [...(list?.querySelectorAll<HTMLElement>('[data-row]') ?? [])]
}

function rowBelow(list: HTMLElement | null, y: number): string | null {
  const below = rowsOf(list).find((row) => {
    const box = row.getBoundingClientRect()
    return y < box.top + box.height / 2
  })
  return below?.dataset.row ?? null
}

function changes(list: HTMLElement | null, { id, before }: Dragging): boolean {
  const ids = rowsOf(list).map((row) => row.dataset.row ?? '')
  const after = ids[ids.indexOf(id) + 1] ?? null
  return before !== id && before !== after
}
