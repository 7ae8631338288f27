/** What is drawn on a frame: marks with points in shares of it, and how a hand makes, moves and takes them back. */
import type { Mark } from '../../api/types'

export type Tool = Mark['kind']
export type Point = readonly [number, number]
export const TOOLS = ['arrow', 'box', 'pen', 'words'] as const satisfies Tool[]

/** Kept with the take, so as plain values: seen well on dark and on light pictures. */
export const COLOURS = ['#ffb454', '#ff5d5d', '#5cc8ff', '#7ee08a', '#ffffff', '#16181d'] as const
export const WIDTHS = [4, 8, 16] as const
export const MOST_MARKS = 200
const MOST_POINTS = 400

export interface Sheet {
  marks: readonly Mark[]
  before: readonly (readonly Mark[])[]
  after: readonly (readonly Mark[])[]
}

export type Stroke =
  | { do: 'add'; mark: Mark }
  | { do: 'change'; at: number; mark: Mark }
  | { do: 'remove'; at: number }
  | { do: 'clear' }
  | { do: 'undo' }
  | { do: 'redo' }

export function sheetOf(marks: readonly Mark[]): Sheet {
  return { marks, before: [], after: [] }
}

export function drawn(sheet: Sheet, stroke: Stroke): Sheet {
  const { marks } = sheet
  switch (stroke.do) {
    case 'add':
      return marks.length < MOST_MARKS ? became(sheet, [...marks, stroke.mark]) : sheet
    case 'change':
      return became(sheet, marks.with(stroke.at, stroke.mark))
    case 'remove':
      return became(
        sheet,
        marks.filter((_, at) => at !== stroke.at),
      )
    case 'clear':
      return marks.length === 0 ? sheet : became(sheet, [])
    case 'undo':
      return undone(sheet)
    case 'redo':
      return redone(sheet)
  }
}

/** A mark while a hand draws it: an arrow and a box have two points, a line has all that it went through. */
export function drawnTo(mark: Mark, point: Point): Mark {
  const [first = point] = mark.points
  if (mark.kind === 'words') return { ...mark, points: [[...point]] }
  if (mark.kind !== 'pen') return { ...mark, points: [[...first], [...point]] }
  return mark.points.length < MOST_POINTS ? { ...mark, points: [...mark.points, [...point]] } : mark
}

/** The mark as it is kept: fewer points of a line where they say nothing, four digits of each. */
export function finished(mark: Mark): Mark {
  const points = mark.kind === 'pen' ? thinned(mark.points) : mark.points
  return { ...mark, points: points.map((point) => point.map((share) => Math.round(share * 1e4) / 1e4)) }
}

/** Whether there is anything to see of it. */
export function isSeen(mark: Mark): boolean {
  if (mark.kind === 'words') return (mark.text ?? '').trim() !== ''
  const [[x = 0, y = 0] = [], ...others] = mark.points
  return others.some(([a = 0, b = 0]) => Math.hypot(a - x, b - y) > 0.008)
}

/** The mark moved as a whole, inside of the frame. */
export function moved(mark: Mark, by: Point): Mark {
  const [x, y] = by.map((share, axis) => {
    const along = mark.points.map((point) => point[axis] ?? 0)
    return Math.max(-Math.min(...along), Math.min(share, 1 - Math.max(...along)))
  }) as [number, number]
  return { ...mark, points: mark.points.map(([a = 0, b = 0]) => [a + x, b + y]) }
}

/** The mark with its end moved: what makes it longer, or larger. */
export function stretched(mark: Mark, [x, y]: Point): Mark {
  if (mark.kind === 'pen' || mark.kind === 'words') return mark
  const [a = 0, b = 0] = mark.points[1] ?? []
  return { ...mark, points: [mark.points[0] ?? [0, 0], [inside(a + x), inside(b + y)]] }
}

export function inside(share: number): number {
  return Math.max(0, Math.min(1, share))
}

function became(sheet: Sheet, marks: readonly Mark[]): Sheet {
  return { marks, before: [...sheet.before, sheet.marks], after: [] }
}

function undone(sheet: Sheet): Sheet {
  const marks = sheet.before.at(-1)
  if (marks === undefined) return sheet
  return { marks, before: sheet.before.slice(0, -1), after: [sheet.marks, ...sheet.after] }
}

function redone(sheet: Sheet): Sheet {
  const [marks, ...after] = sheet.after
  return marks === undefined ? sheet : { marks, before: [...sheet.before, sheet.marks], after }
}

/** Ramer, Douglas and Peucker: points that lie on the line between their neighbours go. */
function thinned(points: readonly number[][], slack = 0.003): number[][] {
  const [first, last] = [points[0], points.at(-1)]
  if (first === undefined || last === undefined || points.length < 3) return [...points]
  const away = points.map((point) => distance(point, first, last))
  const farthest = Math.max(...away)
  if (farthest <= slack) return [first, last]
  const at = away.indexOf(farthest)
  return [...thinned(points.slice(0, at + 1), slack).slice(0, -1), ...thinned(points.slice(at), slack)]
}

function distance([x = 0, y = 0]: number[], [a = 0, b = 0]: number[], [c = 0, d = 0]: number[]): number {
  const length = Math.hypot(c - a, d - b)
  return length === 0 ? Math.hypot(x - a, y - b) : Math.abs((c - a) * (b - y) - (a - x) * (d - b)) / length
}
