/** One item of a board has the focus, or would have it: the whole board is one stop of Tab. */
import { useEffect, useMemo, useRef, useState } from 'react'
import type { BoardItem } from '../../api/types'
import { inOrder, nearest, neighbour, type Way } from './near'
import { holds, middleOf, seenBy } from './plane'
import type { Camera } from './useView'

export interface Roving {
  /** null: there are no items. */
  activeId: string | null
  /** From the top down, as one reads. */
  order: readonly BoardItem[]
  /** An item has the focus now. */
  settle(id: string): void
  /** Gives an item the focus where it lies. */
  take(id: string): void
  /** Brings an item into view, and gives it the focus. */
  goTo(id: string | undefined): void
  step(way: Way): void
  reveal(id: string): void
}

export function useRoving(items: readonly BoardItem[], camera: Camera, isFromRight: boolean): Roving {
  const [wanted, want] = useState<{ id: string | null }>({ id: null })
  const order = useMemo(() => inOrder(items, isFromRight), [items, isFromRight])
  const isToFocus = useRef(false)
  const before = useRef<BoardItem | null>(null)
  const active =
    items.find((item) => item.id === wanted.id) ??
    (before.current && nearest(items, before.current)) ??
    order[0] ??
    null

  useEffect(() => {
    before.current = wanted.id === null ? null : active
    if (active === null) return
    if (wanted.id !== null && wanted.id !== active.id) {
      // what had the focus was taken away
      isToFocus.current ||= document.activeElement === document.body
      want({ id: active.id })
    }
    if (!isToFocus.current) return
    isToFocus.current = false
    const there = camera.world.current?.querySelector<HTMLElement>(`[data-item="${active.id}"]`)
    there?.focus({ preventScroll: true })
  })

  const take = (id: string) => {
    isToFocus.current = true
    want({ id })
  }
  const reveal = (id: string) => {
    const item = items.find((one) => one.id === id)
    if (item === undefined || holds(seenBy(camera.view(), camera.screen()), item)) return
    const { zoom } = camera.view()
    const { width, height } = camera.screen()
    const at = middleOf(item)
    camera.set({ x: at.x - width / zoom / 2, y: at.y - height / zoom / 2, zoom })
  }
  const goTo = (id: string | undefined) => {
    if (id === undefined) return
    reveal(id)
    take(id)
  }
  return {
    activeId: active?.id ?? null,
    order,
    settle: (id) => want({ id }),
    take,
    goTo,
    reveal,
    step: (way) => {
      if (active !== null) goTo(neighbour(items, active, way)?.id ?? active.id)
    },
  }
}
