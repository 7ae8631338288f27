/** What the pointer, fingers and the wheel do on a board. */
import { type PointerEvent, useEffect, useRef, useState } from 'react'
import type { BoardItem } from '../../api/types'
import { type Place, scaled, shifted } from './arrange'
import { around, type Box, between, middleOf, type Point, seenBy, toPlane, topmostAt, touch } from './plane'
import { placeOf } from './sending'
import { type Line, snapped } from './snap'
import type { Camera } from './useView'

/** What is going on, until the pointer lets go. */
export interface Going {
  /** Where items are meanwhile. */
  places: ReadonlyMap<string, Place> | null
  marquee: Box | null
  lines: readonly Line[]
  /** The shot that what is dragged would be a reference of. */
  targetId: string | null
  isPanning: boolean
}
export type Corner = 'nw' | 'ne' | 'sw' | 'se'

interface Wanted {
  camera: Camera
  items: readonly BoardItem[]
  selected: ReadonlySet<string>
  isSpaceDown(): boolean
  onSelect(ids: ReadonlySet<string>): void
  onPlaces(places: readonly Place[]): void
  onReference(ids: ReadonlySet<string>, shotItemId: string): void
}
type Gesture =
  | { kind: 'pan'; last: Point }
  | { kind: 'marquee'; from: Point; base: ReadonlySet<string> }
  | { kind: 'move'; from: Point; places: Place[]; hasMoved: boolean; pressed: string }
  | { kind: 'resize'; from: Point; about: Point; places: Place[]; isFree: boolean }
  | { kind: 'pinch'; apart: number; middle: Point }

const IDLE: Going = { places: null, marquee: null, lines: [], targetId: null, isPanning: false }
/** Points of the screen. */
const SNAP = 6
const STEADY = 4
const WHEEL_LINE = 16

export function useGestures(wanted: Wanted) {
  const [going, setGoing] = useState<Going>(IDLE)
  const latest = useRef(wanted)
  latest.current = wanted
  const gesture = useRef<Gesture | null>(null)
  const fingers = useRef(new Map<number, Point>())
  const frame = useRef(0)
  const shown = useRef<Going>(IDLE)
  const { surface } = wanted.camera

  /** At most once a frame. */
  const show = (next: Going) => {
    shown.current = next
    cancelAnimationFrame(frame.current)
    frame.current = requestAnimationFrame(() => setGoing(next))
  }

  const down = (event: PointerEvent<HTMLDivElement>) => {
    const at = onSurface(event)
    fingers.current.set(event.pointerId, at)
    event.currentTarget.setPointerCapture(event.pointerId)
    if (fingers.current.size === 2) {
      gesture.current = pinchOf(fingers.current)
      show(IDLE)
      return
    }
    gesture.current = begin(event, at, latest.current)
    show({ ...IDLE, isPanning: gesture.current?.kind === 'pan' })
  }

  const move = (event: PointerEvent<HTMLDivElement>) => {
    const now = gesture.current
    if (now === null || !fingers.current.has(event.pointerId)) return
    const at = onSurface(event)
    fingers.current.set(event.pointerId, at)
    const { camera, items, selected } = latest.current
    const there = toPlane(camera.view(), at)
    if (now.kind === 'pan') {
      camera.pan({ x: at.x - now.last.x, y: at.y - now.last.y })
      now.last = at
    } else if (now.kind === 'pinch') {
      const next = pinchOf(fingers.current)
      if (next === null) return
      camera.pan({ x: next.middle.x - now.middle.x, y: next.middle.y - now.middle.y })
      camera.zoom(next.apart / Math.max(1, now.apart), next.middle)
      gesture.current = next
    } else if (now.kind === 'marquee') {
      const marquee = between(now.from, there)
      show({ ...IDLE, marquee })
      const inside = items.filter((item) => touch(item, marquee)).map((item) => item.id)
      latest.current.onSelect(new Set([...now.base, ...inside]))
    } else if (now.kind === 'resize') {
      const places = now.isFree ? stretched(now, there) : scaled(now.places, now.about, factorOf(now, there))
      show({ ...IDLE, places: byId(places) })
    } else {
      const by = { x: there.x - now.from.x, y: there.y - now.from.y }
      now.hasMoved ||= Math.hypot(by.x, by.y) * camera.view().zoom > STEADY
      if (!now.hasMoved) return
      const target = targetAt(items, selected, there)
      const line = event.altKey || target !== null ? null : lineUp(latest.current, now.places, by)
      const places = shifted(now.places, { x: by.x + (line?.by.x ?? 0), y: by.y + (line?.by.y ?? 0) })
      show({ ...IDLE, places: byId(places), lines: line?.lines ?? [], targetId: target?.id ?? null })
    }
  }

  const up = (event: PointerEvent<HTMLDivElement>) => {
    fingers.current.delete(event.pointerId)
    const now = gesture.current
    gesture.current = null
    const { places, targetId } = shown.current
    if (event.type === 'pointerup' && now !== null) {
      const ids = new Set(places?.keys())
      if (targetId !== null) latest.current.onReference(ids, targetId)
      else if (places !== null) latest.current.onPlaces([...places.values()])
      else if (now.kind === 'move' && !event.shiftKey) latest.current.onSelect(new Set([now.pressed]))
    }
    show(IDLE)
  }

  useEffect(() => {
    const plane = surface.current
    if (plane === null) return
    const wheel = (event: WheelEvent) => {
      event.preventDefault()
      const { camera } = latest.current
      const unit = event.deltaMode === WheelEvent.DOM_DELTA_LINE ? WHEEL_LINE : 1
      const by = { x: event.deltaX * unit, y: event.deltaY * unit }
      if (event.ctrlKey || event.metaKey) {
        camera.zoom(Math.exp(-Math.max(-60, Math.min(60, by.y)) / 120), onSurface(event))
      } else if (event.shiftKey && by.x === 0) camera.pan({ x: -by.y, y: 0 })
      else camera.pan({ x: -by.x, y: -by.y })
    }
    plane.addEventListener('wheel', wheel, { passive: false })
    return () => plane.removeEventListener('wheel', wheel)
  }, [surface])

  return {
    going,
    hears: { onPointerDown: down, onPointerMove: move, onPointerUp: up, onPointerCancel: up },
  }
}

/** A point of the screen, from the corner of the board. */
export function onSurface(event: { clientX: number; clientY: number; currentTarget: unknown }): Point {
  const box = (event.currentTarget as HTMLElement).getBoundingClientRect()
  return { x: event.clientX - box.x, y: event.clientY - box.y }
}

function begin(event: PointerEvent<HTMLDivElement>, at: Point, wanted: Wanted): Gesture | null {
  const { camera, items, selected, isSpaceDown, onSelect } = wanted
  const from = toPlane(camera.view(), at)
  if (event.button === 1 || (event.button === 0 && isSpaceDown())) {
    event.preventDefault()
    return { kind: 'pan', last: at }
  }
  if (event.button !== 0) return null
  const corner = cornerOf(event.target)
  if (corner !== null) return resizing(items, selected, corner, from)
  const item = topmostAt(items, from)
  if (item === null) {
    if (event.pointerType === 'touch') return { kind: 'pan', last: at }
    const base: ReadonlySet<string> = event.shiftKey ? selected : new Set()
    onSelect(base)
    return { kind: 'marquee', from, base }
  }
  const next = nextSelection(selected, item.id, event.shiftKey)
  onSelect(next)
  const places = items.filter((one) => next.has(one.id)).map(placeOf)
  return { kind: 'move', from, places, hasMoved: false, pressed: item.id }
}

function nextSelection(selected: ReadonlySet<string>, id: string, adds: boolean): ReadonlySet<string> {
  if (!adds) return selected.has(id) ? selected : new Set([id])
  const next = new Set(selected)
  if (!next.delete(id)) next.add(id)
  return next
}

function resizing(
  items: readonly BoardItem[],
  selected: ReadonlySet<string>,
  corner: Corner,
  from: Point,
): Gesture | null {
  const chosen = items.filter((item) => selected.has(item.id))
  const box = around(chosen)
  if (box === null) return null
  const about = {
    x: corner.endsWith('w') ? box.x + box.width : box.x,
    y: corner.startsWith('n') ? box.y + box.height : box.y,
  }
  const isFree = chosen.length === 1 && chosen[0]?.kind === 'note'
  return { kind: 'resize', from, about, places: chosen.map(placeOf), isFree }
}

type Resize = Extract<Gesture, { kind: 'resize' }>

function factorOf({ about, from }: Resize, there: Point): number {
  const [across, down] = [from.x - about.x, from.y - about.y]
  return ((there.x - about.x) * across + (there.y - about.y) * down) / (across ** 2 + down ** 2)
}

/** A note has no shape of its own: its corner goes where the pointer is. */
function stretched({ about, places }: Resize, there: Point): Place[] {
  const box = between(about, there)
  return places.map((place) => ({
    ...place,
    ...box,
    width: Math.max(80, box.width),
    height: Math.max(48, box.height),
  }))
}

function lineUp({ camera, items, selected }: Wanted, places: readonly Place[], by: Point) {
  const box = around(shifted(places, by))
  if (box === null) return null
  const seen = seenBy(camera.view(), camera.screen())
  const others = items.filter((item) => !selected.has(item.id) && touch(item, seen))
  return snapped(box, others, SNAP / camera.view().zoom)
}

/** A shot below the pointer, where nothing but pictures and clips is dragged. */
function targetAt(items: readonly BoardItem[], selected: ReadonlySet<string>, at: Point): BoardItem | null {
  const dragged = items.filter((item) => selected.has(item.id))
  if (!dragged.every((item) => item.kind === 'picture' || item.kind === 'clip')) return null
  const below = topmostAt(
    items.filter((item) => !selected.has(item.id)),
    at,
  )
  return below?.kind === 'shot' ? below : null
}

function pinchOf(fingers: ReadonlyMap<number, Point>): Extract<Gesture, { kind: 'pinch' }> | null {
  const [one, other] = [...fingers.values()]
  if (one === undefined || other === undefined) return null
  return {
    kind: 'pinch',
    apart: Math.hypot(one.x - other.x, one.y - other.y),
    middle: middleOf(between(one, other)),
  }
}

function cornerOf(target: EventTarget): Corner | null {
  if (!(target instanceof HTMLElement)) return null
  return (target.dataset.corner as Corner | undefined) ?? null
}

function byId(places: readonly Place[]): ReadonlyMap<string, Place> {
  return new Map(places.map((place) => [place.id, place]))
}
