/** Making items larger and smaller by a corner, which is drawn to the edges of others. */
import type { BoardItem } from '../../api/types'
import { type Place, scaled } from './arrange'
import { around, type Box, between, distance, type Point } from './plane'
import { type Line, snapped } from './snap'

export type Corner = 'nw' | 'ne' | 'sw' | 'se'

export interface Resizing {
  kind: 'resize'
  from: Point
  /** The corner that stays. */
  about: Point
  places: Place[]
  /** It has no shape of its own. */
  isFree: boolean
}

const CORNERS: readonly Corner[] = ['nw', 'ne', 'sw', 'se']
/** What rounding leaves. */
const EXACTLY = 1e-6
const LEAST_NOTE = { width: 80, height: 48 }

/** By a corner of the box around what is selected; null: nothing is. */
export function resizing(
  items: readonly BoardItem[],
  selected: ReadonlySet<string>,
  corner: Corner,
  from: Point,
): Resizing | null {
  const chosen = items.filter((item) => selected.has(item.id))
  const box = around(chosen)
  if (box === null) return null
  const about = cornerOf(box, opposite(corner))
  const isFree = chosen.length === 1 && chosen[0]?.kind === 'note'
  const places = chosen.map(({ id, x, y, width, height, layer }) => ({ id, x, y, width, height, layer }))
  return { kind: 'resize', from, about, places, isFree }
}

/** The corner of what is selected that a finger came down by; null: none is so near. */
export function cornerNear(
  items: readonly BoardItem[],
  selected: ReadonlySet<string>,
  at: Point,
  within: number,
): Corner | null {
  const box = around(items.filter((item) => selected.has(item.id)))
  if (box === null) return null
  // what is small is moved by its middle, and has corners outside of it
  const reach = Math.min(within, Math.max(within / 2, Math.min(box.width, box.height) / 3))
  const apart = (corner: Corner) => distance(cornerOf(box, corner), at)
  const nearest = CORNERS.reduce((best, corner) => (apart(corner) < apart(best) ? corner : best))
  return apart(nearest) <= reach ? nearest : null
}

/** Where the items are while the pointer is there. */
export function resized(now: Resizing, there: Point): Place[] {
  return now.isFree ? stretched(now, there) : scaled(now.places, now.about, factorOf(now, there))
}

/** The same, with the corner drawn to the nearest edges of others; what keeps its shape, to one of them. */
export function resizedTo(
  now: Resizing,
  there: Point,
  others: readonly Box[],
  within: number,
): { places: Place[]; lines: Line[] } {
  const free = now.isFree ? there : onDiagonal(now, factorOf(now, there))
  const { by, lines } = snapped({ ...free, width: 0, height: 0 }, others, within)
  if (now.isFree)
    return { places: resized(now, { x: there.x + by.x, y: there.y + by.y }), lines: longer(now, free, lines) }
  const [line] = [...lines].sort((one, other) => Math.abs(by[axisOf(one)]) - Math.abs(by[axisOf(other)]))
  if (line === undefined) return { places: resized(now, there), lines: [] }
  const axis = axisOf(line)
  const factor = (line.at - now.about[axis]) / (now.from[axis] - now.about[axis])
  if (!Number.isFinite(factor) || factor <= 0) return { places: resized(now, there), lines: [] }
  const corner = onDiagonal(now, factor)
  const along = snapped({ ...corner, width: 0, height: 0 }, others, EXACTLY).lines
  return { places: scaled(now.places, now.about, factor), lines: longer(now, corner, along) }
}

/** The pointer went down a little beside the corner; what stays in shape goes along the line through it. */
function factorOf({ about, from }: Resizing, there: Point): number {
  const [across, down] = [from.x - about.x, from.y - about.y]
  return ((there.x - about.x) * across + (there.y - about.y) * down) / (across ** 2 + down ** 2)
}

function onDiagonal({ about, from }: Resizing, factor: number): Point {
  return { x: about.x + (from.x - about.x) * factor, y: about.y + (from.y - about.y) * factor }
}

/** A note has no shape of its own: its corner goes where the pointer is. */
function stretched({ about, places }: Resizing, there: Point): Place[] {
  const box = between(about, there)
  return places.map((place) => ({
    ...place,
    ...box,
    width: Math.max(LEAST_NOTE.width, box.width),
    height: Math.max(LEAST_NOTE.height, box.height),
  }))
}

/** Lines along what is resized as well as along the others. */
function longer({ about }: Resizing, corner: Point, lines: readonly Line[]): Line[] {
  return lines.map((line) => {
    const along = axisOf(line) === 'x' ? 'y' : 'x'
    return {
      ...line,
      from: Math.min(line.from, about[along], corner[along]),
      to: Math.max(line.to, about[along], corner[along]),
    }
  })
}

function axisOf(line: Line): 'x' | 'y' {
  return line.axis === 'down' ? 'x' : 'y'
}

function cornerOf(box: Box, corner: Corner): Point {
  return {
    x: corner.endsWith('w') ? box.x : box.x + box.width,
    y: corner.startsWith('n') ? box.y : box.y + box.height,
  }
}

function opposite(corner: Corner): Corner {
  return `${corner.startsWith('n') ? 's' : 'n'}${corner.endsWith('w') ? 'e' : 'w'}` as Corner
}
