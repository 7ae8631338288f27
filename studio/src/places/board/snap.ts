/** Edges and middles that come near those of others are drawn to them, and a line shows it. */
import type { Box, Point } from './plane'

export interface Line {
  axis: 'across' | 'down'
  /** On the other axis: an upright line (`down`) is at an x. */
  at: number
  from: number
  to: number
}
export interface Snapped {
  by: Point
  lines: Line[]
}

/** How far a box that is moved has still to go to be in line with one of the others, and along which lines. */
export function snapped(moved: Box, others: readonly Box[], distance: number): Snapped {
  const x = nearest(moved, others, 'x', distance)
  const y = nearest(moved, others, 'y', distance)
  const there = { ...moved, x: moved.x + (x?.by ?? 0), y: moved.y + (y?.by ?? 0) }
  const lines: Line[] = []
  if (x !== null) lines.push({ axis: 'down', at: x.at, ...spanOf(there, x.other, 'y') })
  if (y !== null) lines.push({ axis: 'across', at: y.at, ...spanOf(there, y.other, 'x') })
  return { by: { x: x?.by ?? 0, y: y?.by ?? 0 }, lines }
}

type Start = 'x' | 'y'

interface Near {
  by: number
  at: number
  other: Box
}

function nearest(moved: Box, others: readonly Box[], start: Start, distance: number): Near | null {
  let best: Near | null = null
  for (const other of others) {
    for (const at of edges(other, start)) {
      for (const edge of edges(moved, start)) {
        const by = at - edge
        if (Math.abs(by) <= distance && Math.abs(by) < Math.abs(best?.by ?? Number.POSITIVE_INFINITY)) {
          best = { by, at, other }
        }
      }
    }
  }
  return best
}

function edges(box: Box, start: Start): number[] {
  const length = lengthOf(box, start)
  return [box[start], box[start] + length / 2, box[start] + length]
}

function spanOf(one: Box, other: Box, start: Start): { from: number; to: number } {
  return {
    from: Math.min(one[start], other[start]),
    to: Math.max(one[start] + lengthOf(one, start), other[start] + lengthOf(other, start)),
  }
}

function lengthOf(box: Box, start: Start): number {
  return start === 'x' ? box.width : box.height
}
