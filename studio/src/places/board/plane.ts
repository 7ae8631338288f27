/** The plane of a board and what of it is seen. Lengths are in the board's own points; the screen's are named so. */

export interface Point {
  x: number
  y: number
}
export interface Size {
  width: number
  height: number
}
export interface Box extends Point, Size {}

/** Where the upper left corner of the screen lies on the plane, and how many points of the screen one of the plane is. */
export interface View extends Point {
  zoom: number
}

export const LEAST_ZOOM = 0.04
export const MOST_ZOOM = 4
const MARGIN = 48

export function toPlane(view: View, at: Point): Point {
  return { x: view.x + at.x / view.zoom, y: view.y + at.y / view.zoom }
}

export function toScreen(view: View, at: Point): Point {
  return { x: (at.x - view.x) * view.zoom, y: (at.y - view.y) * view.zoom }
}

/** What of the plane is on a screen. */
export function seenBy(view: View, screen: Size): Box {
  return { x: view.x, y: view.y, width: screen.width / view.zoom, height: screen.height / view.zoom }
}

/** The plane moved with the screen's pointer. */
export function panned(view: View, by: Point): View {
  return { ...view, x: view.x - by.x / view.zoom, y: view.y - by.y / view.zoom }
}

/** Nearer or farther by a factor; what is below a point of the screen stays below it. */
export function zoomed(view: View, about: Point, factor: number): View {
  const zoom = Math.min(MOST_ZOOM, Math.max(LEAST_ZOOM, view.zoom * factor))
  const fixed = toPlane(view, about)
  return { x: fixed.x - about.x / zoom, y: fixed.y - about.y / zoom, zoom }
}

/** The view that shows a box whole, in the middle, and never larger than it is. */
export function fitting(box: Box | null, screen: Size): View {
  if (box === null) return { x: -screen.width / 2, y: -screen.height / 2, zoom: 1 }
  const free = (length: number) => Math.max(1, length - 2 * MARGIN)
  const scale = Math.min(free(screen.width) / box.width, free(screen.height) / box.height, 1)
  const zoom = Math.max(LEAST_ZOOM, scale)
  return centred(middleOf(box), zoom, screen)
}

/** The view with a point of the plane in its middle. */
export function centred(at: Point, zoom: number, screen: Size): View {
  return { x: at.x - screen.width / zoom / 2, y: at.y - screen.height / zoom / 2, zoom }
}

export function middleOf(box: Box): Point {
  return { x: box.x + box.width / 2, y: box.y + box.height / 2 }
}

export function distance(one: Point, other: Point): number {
  return Math.hypot(one.x - other.x, one.y - other.y)
}

/** The box between two corners, whichever they are. */
export function between(one: Point, other: Point): Box {
  return {
    x: Math.min(one.x, other.x),
    y: Math.min(one.y, other.y),
    width: Math.abs(one.x - other.x),
    height: Math.abs(one.y - other.y),
  }
}

/** The box around all; null: there are none. */
export function around(boxes: readonly Box[]): Box | null {
  if (boxes.length === 0) return null
  const x = Math.min(...boxes.map((box) => box.x))
  const y = Math.min(...boxes.map((box) => box.y))
  const right = Math.max(...boxes.map((box) => box.x + box.width))
  const bottom = Math.max(...boxes.map((box) => box.y + box.height))
  return { x, y, width: right - x, height: bottom - y }
}

/** The part of a picture, around its middle, that has the shape of a box. */
export function filling(picture: Size, box: Size): Box {
  const scale = Math.min(picture.width / box.width, picture.height / box.height)
  return centredIn(
    { x: 0, y: 0, width: picture.width, height: picture.height },
    box.width * scale,
    box.height * scale,
  )
}

/** Where a picture lies in a box in which all of it is seen. */
export function within(picture: Size, box: Box): Box {
  const scale = Math.min(box.width / picture.width, box.height / picture.height)
  return centredIn(box, picture.width * scale, picture.height * scale)
}

function centredIn(box: Box, width: number, height: number): Box {
  return { x: box.x + (box.width - width) / 2, y: box.y + (box.height - height) / 2, width, height }
}

/** A box that is larger on each side by a share of itself. */
export function widened(box: Box, share: number): Box {
  const [across, down] = [box.width * share, box.height * share]
  return { x: box.x - across, y: box.y - down, width: box.width + 2 * across, height: box.height + 2 * down }
}

export function touch(one: Box, other: Box): boolean {
  return (
    one.x < other.x + other.width &&
    other.x < one.x + one.width &&
    one.y < other.y + other.height &&
    other.y < one.y + one.height
  )
}

export function holds(outer: Box, inner: Box): boolean {
  return (
    outer.x <= inner.x &&
    outer.y <= inner.y &&
    outer.x + outer.width >= inner.x + inner.width &&
    outer.y + outer.height >= inner.y + inner.height
  )
}

/** What lies at a point and above all else there; null: the ground. */
export function topmostAt<Lying extends Box & { layer: number; id: string }>(
  items: readonly Lying[],
  at: Point,
): Lying | null {
  const spot = { ...at, width: 0, height: 0 }
  let found: Lying | null = null
  for (const item of items) {
    if (holds(item, spot) && (found === null || isAbove(item, found))) found = item
  }
  return found
}

/** Items of one layer lie in the order in which they came. */
export function isAbove(one: { layer: number; id: string }, other: { layer: number; id: string }): boolean {
  return one.layer === other.layer ? one.id > other.id : one.layer > other.layer
}
