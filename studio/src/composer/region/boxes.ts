/** Rectangles in a picture, in shares of it: how a hand, or keys, make, move and stretch them. */
import type { Box } from '../draft/draft'

export type Point = readonly [number, number]
/** Which of its corners: left or right, top or bottom. */
export type Corner = readonly [0 | 1, 0 | 1]

export const CORNERS: readonly Corner[] = [
  [0, 0],
  [1, 0],
  [0, 1],
  [1, 1],
]
export const MOST_BOXES = 32
/** The least side, of the picture's. */
export const LEAST = 0.02
/** Where a rectangle begins that is made by a key. */
export const MIDDLE: Box = { left: 0.3, top: 0.3, width: 0.4, height: 0.4 }

const FINE = 1000
const SPARE = 1e-6

export function boxBetween(one: Point, other: Point): Box {
  const [left, right] = [Math.min(one[0], other[0]), Math.max(one[0], other[0])]
  const [top, bottom] = [Math.min(one[1], other[1]), Math.max(one[1], other[1])]
  return { left, top, width: right - left, height: bottom - top }
}

/** Whether it was meant: a press without a way is none. */
export function isMeant({ width, height }: Box): boolean {
  return width >= LEAST && height >= LEAST
}

/** It stays whole within the picture. */
export function movedBox(box: Box, [across, down]: Point): Box {
  return {
    ...box,
    left: between(box.left + across, 0, 1 - box.width),
    top: between(box.top + down, 0, 1 - box.height),
  }
}

/** A corner goes with the hand, as far as the least side and the picture let it; the one across from it stays. */
export function stretchedBox(box: Box, [right, bottom]: Corner, [across, down]: Point): Box {
  const [left, width] = stretched(box.left, box.width, right, across)
  const [top, height] = stretched(box.top, box.height, bottom, down)
  return { left, top, width, height }
}

function stretched(begin: number, size: number, isEnd: 0 | 1, by: number): [number, number] {
  const end = begin + size
  if (isEnd) return [begin, between(end + by, begin + LEAST, 1) - begin]
  const moved = between(begin + by, 0, end - LEAST)
  return [moved, end - moved]
}

/** As it is kept: in thousandths. */
export function rounded({ left, top, width, height }: Box): Box {
  const [from, to] = [fine(left), fine(left + width)]
  const [above, below] = [fine(top), fine(top + height)]
  return { left: from, top: above, width: fine(to - from), height: fine(below - above) }
}

/** Whether no place of the picture lies outside of all of them. */
export function coverAll(boxes: readonly Box[]): boolean {
  const columns = middles(boxes.map(({ left, width }) => [left, left + width]))
  const rows = middles(boxes.map(({ top, height }) => [top, top + height]))
  return columns.every((x) => rows.every((y) => boxes.some((box) => holds(box, x, y))))
}

function holds({ left, top, width, height }: Box, x: number, y: number): boolean {
  return x >= left && x < left + width && y >= top && y < top + height
}

/** A place between each two neighbouring ends. */
function middles(spans: [number, number][]): number[] {
  const ends = [0, 1, ...spans.flat().map((end) => Math.min(end, 1))].sort((one, other) => one - other)
  return ends.flatMap((low, at) => {
    const high = ends[at + 1] ?? low
    return high - low > SPARE ? [(low + high) / 2] : []
  })
}

function between(value: number, low: number, high: number): number {
  return Math.max(low, Math.min(high, value))
}

function fine(share: number): number {
  return Math.round(share * FINE) / FINE
}
