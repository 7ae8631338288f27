/** Sizes by their shape: those that a model makes, and those that are reached from them by scaling. */
import type { Model } from '../../api/types'

export interface Size {
  width: number
  height: number
}
export interface Sized extends Size {
  /** Whether the model makes it itself. */
  isOwn: boolean
}

export interface Maker {
  sizes: readonly Size[]
  /** What the sides of all other sizes are multiples of, that it makes; not told: others are reached by scaling. */
  size_multiple?: number
}

export const SHAPES = ['21:9', '16:9', '4:3', '1:1', '4:5', '9:16'] as const
export type Shape = (typeof SHAPES)[number]

/** Short sides of pictures as people call them, as in 1080p. */
const SHORT_SIDES = [480, 720, 1080]

export function ratioOf(shape: Shape): number {
  const [across = 1, down = 1] = shape.split(':').map(Number)
  return across / down
}

/** The shape that a size is nearest to. */
export function shapeOf({ width, height }: Size): Shape {
  const apart = (shape: Shape) => Math.abs(Math.log(width / height / ratioOf(shape)))
  return SHAPES.reduce((best, shape) => (apart(shape) < apart(best) ? shape : best))
}

/** What a model makes, in one stage or in two; in two nothing else is reached by scaling. */
export function makerOf(model: Model | null, hasTwoStages: boolean): Maker | null {
  return hasTwoStages && model?.in_two_stages ? model.in_two_stages : model && { sizes: model.sizes }
}

/** What may be asked for in a shape, the smallest first. */
export function sizesIn(shape: Shape, model: Maker | null): Sized[] {
  const own = (model?.sizes ?? [])
    .filter((size) => shapeOf(size) === shape)
    .map((size) => ({ ...size, isOwn: true }))
  // a model that tells no sizes makes whatever it is asked for
  const multiple = model?.size_multiple
  const isOwn = model !== null && (model.sizes.length === 0 || multiple !== undefined)
  const scaled = SHORT_SIDES.map((side) => ({ ...scaledTo(side, ratioOf(shape), multiple), isOwn }))
  return [...own, ...scaled.filter((size) => !own.some((one) => isSame(one, size)))].sort(
    (one, other) => one.width * one.height - other.width * other.height,
  )
}

export function isOwnSize(size: Size, model: Maker | null): boolean {
  if (model?.size_multiple !== undefined) return true
  return model === null || model.sizes.length === 0 || model.sizes.some((one) => isSame(one, size))
}

export function isSame(one: Size, other: Size): boolean {
  return one.width === other.width && one.height === other.height
}

/** Even numbers at least: no codec takes others. */
function scaledTo(shortSide: number, ratio: number, multiple = 2): Size {
  const near = (value: number) => multiple * Math.round(value / multiple)
  return ratio >= 1
    ? { width: near(shortSide * ratio), height: near(shortSide) }
    : { width: near(shortSide), height: near(shortSide / ratio) }
}
