/** What the pointer, fingers and the wheel do on a board. */
import { type PointerEvent, useEffect, useRef, useState } from 'react'
import { type Place, shifted } from './arrange'
import {
  begin,
  byId,
  type Gesture,
  held,
  lineUp,
  onSurface,
  pinchOf,
  resizedBy,
  takenOut,
  targetAt,
  type Wanted,
} from './gesture'
import { type Box, between, distance, type Point, toPlane, touch } from './plane'
import type { Line } from './snap'

/** What is going on, until the pointer lets go. */
export interface Going {
  /** Where items are meanwhile. */
  places: ReadonlyMap<string, Place> | null
  marquee: Box | null
  lines: readonly Line[]
  /** The shot that what is dragged would be a reference of. */
  targetShot: string | null
  isPanning: boolean
}

const IDLE: Going = { places: null, marquee: null, lines: [], targetShot: null, isPanning: false }
/** Points of the screen. */
const STEADY = 4
const STEADY_FINGER = 10
const HELD_AFTER_MS = 450
const WHEEL_LINE = 16

export function useGestures(wanted: Wanted) {
  const [going, setGoing] = useState<Going>(IDLE)
  const latest = useRef(wanted)
  latest.current = wanted
  const gesture = useRef<Gesture | null>(null)
  const fingers = useRef(new Map<number, Point>())
  const frame = useRef(0)
  /** A finger that has not left where it came down. */
  const resting = useRef<{ at: Point; until: ReturnType<typeof setTimeout> } | null>(null)
  const shown = useRef<Going>(IDLE)
  const { surface } = wanted.camera

  /** At most once a frame. */
  const show = (next: Going) => {
    shown.current = next
    cancelAnimationFrame(frame.current)
    frame.current = requestAnimationFrame(() => setGoing(next))
  }

  const leave = () => {
    clearTimeout(resting.current?.until)
    resting.current = null
  }

  const rest = () => {
    leave()
    if (gesture.current !== null) gesture.current = held(gesture.current, latest.current)
    show(IDLE)
  }

  const down = (event: PointerEvent<HTMLDivElement>) => {
    const at = onSurface(event)
    const face = takenOut(event, at, latest.current)
    if (face !== null) {
      face.draggable = true // until it is let go: all else that is dragged stays on the board
      return
    }
    fingers.current.set(event.pointerId, at)
    event.currentTarget.setPointerCapture(event.pointerId)
    leave()
    if (fingers.current.size === 2) {
      gesture.current = pinchOf(fingers.current)
      show(IDLE)
      return
    }
    gesture.current = begin(event, at, latest.current)
    show({ ...IDLE, isPanning: gesture.current?.kind === 'pan' })
    if (event.pointerType === 'touch') resting.current = { at, until: setTimeout(rest, HELD_AFTER_MS) }
  }

  const move = (event: PointerEvent<HTMLDivElement>) => {
    const now = gesture.current
    if (now === null || !fingers.current.has(event.pointerId)) return
    const at = onSurface(event)
    if (resting.current !== null && distance(resting.current.at, at) <= STEADY_FINGER) return
    leave()
    fingers.current.set(event.pointerId, at)
    const { camera, items } = latest.current
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
      const { places, lines } = resizedBy(latest.current, now, there, !event.altKey)
      show({ ...IDLE, places: byId(places), lines })
    } else {
      const by = { x: there.x - now.from.x, y: there.y - now.from.y }
      now.hasMoved ||= Math.hypot(by.x, by.y) * camera.view().zoom > STEADY
      if (!now.hasMoved) return
      const targetShot = targetAt(latest.current, there, event)
      const line = event.altKey || targetShot !== null ? null : lineUp(latest.current, now.places, by)
      const places = shifted(now.places, { x: by.x + (line?.by.x ?? 0), y: by.y + (line?.by.y ?? 0) })
      show({ ...IDLE, places: byId(places), lines: line?.lines ?? [], targetShot })
    }
  }

  const up = (event: PointerEvent<HTMLDivElement>) => {
    leave()
    fingers.current.delete(event.pointerId)
    const now = gesture.current
    gesture.current = null
    const { places, targetShot } = shown.current
    if (event.type === 'pointerup' && now !== null) {
      const ids = new Set(places?.keys())
      if (targetShot !== null) latest.current.onReference(ids, targetShot)
      else if (places !== null) latest.current.onPlaces([...places.values()])
      else if (now.kind === 'move' && !event.shiftKey && !now.isHeld)
        latest.current.onSelect(new Set([now.pressed]))
      else if (now.kind === 'pan' && now.last === now.from && event.pointerType === 'touch')
        latest.current.onSelect(new Set())
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
