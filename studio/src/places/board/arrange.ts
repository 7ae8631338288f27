/** Putting items elsewhere: in line, evenly apart, larger, above or below. */
import { around, type Box, isAbove, type Point } from './plane'

export interface Place extends Box {
  id: string
  layer: number
}
export type Side = 'left' | 'centre' | 'right' | 'top' | 'middle' | 'bottom'
export type Axis = 'across' | 'down'

export const LEAST_SIDE = 24

/** Items with one of their sides, or their middles, in line. */
export function aligned(places: readonly Place[], side: Side): Place[] {
  const box = around(places)
  if (box === null) return []
  return places.map((place) => ({ ...place, ...alongside(box, place, side) }))
}

function alongside(box: Box, place: Place, side: Side): Partial<Box> {
  const freeX = box.width - place.width
  const freeY = box.height - place.height
  const there: Record<Side, Partial<Box>> = {
    left: { x: box.x },
    centre: { x: box.x + freeX / 2 },
    right: { x: box.x + freeX },
    top: { y: box.y },
    middle: { y: box.y + freeY / 2 },
    bottom: { y: box.y + freeY },
  }
  return there[side]
}

/** Items with the same gap between all; the first and the last stay. */
export function distributed(places: readonly Place[], axis: Axis): Place[] {
  const [start, length] = axis === 'across' ? (['x', 'width'] as const) : (['y', 'height'] as const)
  const sorted = [...places].sort((one, other) => one[start] - other[start])
  const [first, last] = [sorted[0], sorted.at(-1)]
  if (first === undefined || last === undefined || sorted.length < 3) return [...places]
  const whole = last[start] + last[length] - first[start]
  const gap = (whole - sorted.reduce((sum, place) => sum + place[length], 0)) / (sorted.length - 1)
  let at = first[start]
  return sorted.map((place) => {
    const there = { ...place, [start]: at }
    at += place[length] + gap
    return there
  })
}

/** Items made larger or smaller together, each in its shape, about a point that stays. */
export function scaled(places: readonly Place[], about: Point, factor: number): Place[] {
  const least = Math.max(...places.map((place) => LEAST_SIDE / Math.min(place.width, place.height)))
  const by = Math.max(factor, Math.min(1, least))
  return places.map((place) => ({
    ...place,
    x: about.x + (place.x - about.x) * by,
    y: about.y + (place.y - about.y) * by,
    width: place.width * by,
    height: place.height * by,
  }))
}

/** Some of all items above or below the others, in the order in which they lie. */
export function restacked(all: readonly Place[], ids: ReadonlySet<string>, where: 'front' | 'back'): Place[] {
  const chosen = all.filter((place) => ids.has(place.id)).sort((one, other) => (isAbove(one, other) ? 1 : -1))
  const layers = all.filter((place) => !ids.has(place.id)).map((place) => place.layer)
  if (layers.length === 0) return []
  const first = where === 'front' ? Math.max(...layers) + 1 : Math.min(...layers) - chosen.length
  return chosen.map((place, index) => ({ ...place, layer: first + index }))
}

/** Items moved by a step. */
export function shifted(places: readonly Place[], by: Point): Place[] {
  return places.map((place) => ({ ...place, x: place.x + by.x, y: place.y + by.y }))
}
