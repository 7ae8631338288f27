/** What a pointer has begun on a board. */
import type { PointerEvent } from 'react'
import type { BoardItem } from '../../api/types'
import { type Place, shifted } from './arrange'
import { around, between, distance, middleOf, type Point, seenBy, toPlane, topmostAt, touch } from './plane'
import { type Corner, cornerNear, type Resizing, resized, resizedTo, resizing } from './resizing'
import { placeOf } from './sending'
import { snapped } from './snap'
import type { Camera } from './useView'

export interface Wanted {
  camera: Camera
  items: readonly BoardItem[]
  selected: ReadonlySet<string>
  isSpaceDown(): boolean
  onSelect(ids: ReadonlySet<string>): void
  /** An item was pressed. */
  onPress(id: string): void
  onPlaces(places: readonly Place[]): void
  onReference(ids: ReadonlySet<string>, shotId: string): void
}
export type Gesture =
  | { kind: 'pan'; from: Point; last: Point }
  | { kind: 'marquee'; from: Point; base: ReadonlySet<string> }
  | {
      kind: 'move'
      from: Point
      places: Place[]
      hasMoved: boolean
      pressed: string
      /** What was selected before. */
      base: ReadonlySet<string>
      /** A finger rested on it: it was added to what is selected. */
      isHeld: boolean
    }
  | Resizing
  | { kind: 'pinch'; apart: number; middle: Point }

type Of<Kind> = Extract<Gesture, { kind: Kind }>

/** Points of the screen. */
const SNAP = 6
/** From a corner that a finger takes hold of. */
const FINGER = 26

/** A point of the screen, from the corner of the board. */
export function onSurface(event: { clientX: number; clientY: number; currentTarget: unknown }): Point {
  const box = (event.currentTarget as HTMLElement).getBoundingClientRect()
  return { x: event.clientX - box.x, y: event.clientY - box.y }
}

export function begin(event: PointerEvent<HTMLDivElement>, at: Point, wanted: Wanted): Gesture | null {
  const { camera, items, selected, isSpaceDown, onSelect, onPress } = wanted
  const from = toPlane(camera.view(), at)
  if (event.button === 1 || (event.button === 0 && isSpaceDown())) {
    event.preventDefault()
    return { kind: 'pan', from: at, last: at }
  }
  if (event.button !== 0) return null
  const isFinger = event.pointerType === 'touch'
  const near = isFinger ? cornerNear(items, selected, from, FINGER / camera.view().zoom) : null
  const corner = cornerOf(event.target) ?? near
  if (corner !== null) return resizing(items, selected, corner, from)
  const item = topmostAt(items, from)
  if (item === null) {
    if (isFinger) return { kind: 'pan', from: at, last: at }
    const base: ReadonlySet<string> = event.shiftKey ? selected : new Set()
    onSelect(base)
    return { kind: 'marquee', from, base }
  }
  const next = nextSelection(selected, item.id, event.shiftKey)
  onSelect(next)
  onPress(item.id)
  const places = items.filter((one) => next.has(one.id)).map(placeOf)
  return { kind: 'move', from, places, hasMoved: false, pressed: item.id, base: selected, isHeld: false }
}

function nextSelection(selected: ReadonlySet<string>, id: string, adds: boolean): ReadonlySet<string> {
  if (!adds) return selected.has(id) ? selected : new Set([id])
  const next = new Set(selected)
  if (!next.delete(id)) next.add(id)
  return next
}

export function lineUp(wanted: Wanted, places: readonly Place[], by: Point) {
  const box = around(shifted(places, by))
  return box === null ? null : snapped(box, othersIn(wanted), SNAP / wanted.camera.view().zoom)
}

/** What is resized while the pointer is there; drawn to the edges of others unless that is not wanted. */
export function resizedBy(wanted: Wanted, now: Resizing, there: Point, isDrawn: boolean) {
  if (!isDrawn) return { places: resized(now, there), lines: [] }
  return resizedTo(now, there, othersIn(wanted), SNAP / wanted.camera.view().zoom)
}

function othersIn({ camera, items, selected }: Wanted): readonly BoardItem[] {
  const seen = seenBy(camera.view(), camera.screen())
  return items.filter((item) => !selected.has(item.id) && touch(item, seen))
}

/** What a pointer that holds the key for it takes out of the board; null: there is nothing to take. */
export function takenOut(event: PointerEvent<HTMLDivElement>, at: Point, wanted: Wanted): HTMLElement | null {
  if (event.button !== 0 || event.pointerType !== 'mouse' || !(event.ctrlKey || event.metaKey)) return null
  const item = topmostAt(wanted.items, toPlane(wanted.camera.view(), at))
  if (item === null || item.url === null) return null
  const face = event.currentTarget.querySelector<HTMLElement>(`[data-item="${item.id}"]`)
  if (face !== null) wanted.onSelect(new Set([item.id]))
  return face
}

/** The shot below the pointer, on the board or beside it, where nothing but pictures and clips is dragged. */
export function targetAt({ items, selected }: Wanted, at: Point, event: PointerEvent): string | null {
  const dragged = items.filter((item) => selected.has(item.id))
  if (!dragged.every((item) => item.kind === 'picture' || item.kind === 'clip')) return null
  const beside = document.elementFromPoint(event.clientX, event.clientY)?.closest<HTMLElement>('[data-shot]')
  if (beside?.dataset.shot) return beside.dataset.shot
  const below = topmostAt(
    items.filter((item) => !selected.has(item.id)),
    at,
  )
  return below?.kind === 'shot' ? below.shot_id : null
}

/** What a finger that rests begins: on the ground a frame that selects, on an item one more that is selected. */
export function held(now: Gesture, { camera, items, selected, onSelect }: Wanted): Gesture {
  if (now.kind === 'pan') return { kind: 'marquee', from: toPlane(camera.view(), now.from), base: selected }
  if (now.kind !== 'move' || now.hasMoved) return now
  const next = new Set([...now.base, now.pressed])
  onSelect(next)
  return { ...now, places: items.filter((one) => next.has(one.id)).map(placeOf), isHeld: true }
}

export function pinchOf(fingers: ReadonlyMap<number, Point>): Of<'pinch'> | null {
  const [one, other] = [...fingers.values()]
  if (one === undefined || other === undefined) return null
  return {
    kind: 'pinch',
    apart: distance(one, other),
    middle: middleOf(between(one, other)),
  }
}

function cornerOf(target: EventTarget): Corner | null {
  if (!(target instanceof HTMLElement)) return null
  return (target.dataset.corner as Corner | undefined) ?? null
}

export function byId(places: readonly Place[]): ReadonlyMap<string, Place> {
  return new Map(places.map((place) => [place.id, place]))
}
