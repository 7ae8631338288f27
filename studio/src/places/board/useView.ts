/** What of the plane is seen. Panning only moves one element; React hears of it when other items come into view. */
import { type RefObject, startTransition, useCallback, useEffect, useMemo, useRef, useState } from 'react'
import {
  type Box,
  fitting,
  holds,
  type Point,
  panned,
  type Size,
  seenBy,
  type View,
  widened,
  zoomed,
} from './plane'

export interface Camera {
  /** What hears the pointer, and is as large as what is seen. */
  surface: RefObject<HTMLDivElement | null>
  /** What lies on the plane. */
  world: RefObject<HTMLElement | null>
  view(): View
  screen(): Size
  set(view: View): void
  pan(by: Point): void
  /** About a point of the screen; without one, about its middle. */
  zoom(factor: number, about?: Point): void
  fit(box: Box | null): void
  /** Hears of each move until the answer is called. */
  watch(watcher: () => void): () => void
  /** A part of the plane around what is seen. */
  window: Box
  /** As it was when the window last changed. */
  zoomNow: number
}

/** Of the screen, on each side: so far it can be panned before other items have to come. */
const MARGIN = 0.3
const STILL_AFTER_MS = 160

export function useView(projectId: string): Camera {
  const surface = useRef<HTMLDivElement>(null)
  const world = useRef<HTMLElement>(null)
  const current = useRef<View | null>(null)
  const watchers = useRef(new Set<() => void>())
  const stilling = useRef<ReturnType<typeof setTimeout>>(undefined)
  const [seen, setSeen] = useState(() => ({ window: { x: 0, y: 0, width: 0, height: 0 }, zoomNow: 1 }))
  const latest = useRef(seen)

  const screen = useCallback((): Size => {
    const { clientWidth = 1, clientHeight = 1 } = surface.current ?? {}
    return { width: Math.max(1, clientWidth), height: Math.max(1, clientHeight) }
  }, [])
  const view = useCallback((): View => current.current ?? fitting(null, screen()), [screen])
  const look = useCallback(
    (isStill: boolean) => {
      const box = seenBy(view(), screen())
      const { window, zoomNow } = latest.current
      if (holds(window, box) && (!isStill || zoomNow === view().zoom)) return
      latest.current = { window: widened(box, MARGIN), zoomNow: view().zoom }
      const next = latest.current
      startTransition(() => setSeen(next))
    },
    [screen, view],
  )
  const set = useCallback(
    (next: View) => {
      const plane = world.current
      if (plane === null) return
      const isFirst = current.current === null
      current.current = next
      plane.style.transform = `scale(${next.zoom}) translate(${-next.x}px, ${-next.y}px)`
      if (isFirst) plane.style.setProperty('--zoom', String(next.zoom))
      plane.dataset.moving = ''
      clearTimeout(stilling.current)
      stilling.current = setTimeout(() => {
        delete plane.dataset.moving
        // once it rests: all that lies there is styled anew by it
        plane.style.setProperty('--zoom', String(next.zoom))
        remember(projectId, next)
        look(true)
      }, STILL_AFTER_MS)
      look(false)
      for (const watcher of watchers.current) watcher()
    },
    [look, projectId],
  )

  useEffect(() => {
    set(remembered(projectId) ?? fitting(null, screen()))
    if (surface.current === null) return
    const sized = new ResizeObserver(() => set(view()))
    sized.observe(surface.current)
    return () => sized.disconnect()
  }, [projectId, screen, set, view])

  return useMemo(
    () => ({
      surface,
      world,
      view,
      screen,
      set,
      pan: (by) => set(panned(view(), by)),
      zoom: (factor, about) => {
        const { width, height } = screen()
        set(zoomed(view(), about ?? { x: width / 2, y: height / 2 }, factor))
      },
      fit: (box) => set(fitting(box, screen())),
      watch: (watcher) => {
        watchers.current.add(watcher)
        return () => watchers.current.delete(watcher)
      },
      ...seen,
    }),
    [seen, screen, set, view],
  )
}

/** Where a person left a board in this tab. */
export function remembered(projectId: string): View | null {
  const kept = sessionStorage.getItem(keyOf(projectId))
  if (kept === null) return null
  const view = JSON.parse(kept) as View
  return [view.x, view.y, view.zoom].every(Number.isFinite) ? view : null
}

function remember(projectId: string, view: View): void {
  sessionStorage.setItem(keyOf(projectId), JSON.stringify(view))
}

function keyOf(projectId: string): string {
  return `board.${projectId}`
}
