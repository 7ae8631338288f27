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

/** What may be asked for in a shape, the smallest first. */
export function sizesIn(shape: Shape, model: Pick<Model, 'sizes'> | null): Sized[] {
  const own = (model?.sizes ?? [])
    .filter((size) => shapeOf(size) === shape)
    .map((size) => ({ ...size, isOwn: true }))
  // a model that tells no sizes makes whatever it is asked for
  const isOwn = model !== null && model.sizes.length === 0
  const scaled = SHORT_SIDES.map((side) => ({ ...scaledTo(side, ratioOf(shape)), isOwn }))
  return [...own, ...scaled.filter((size) => !own.some((one) => isSame(one, size)))].sort(
    (one, other) => one.width * one.height - other.width * other.height,
  )
}

export function isOwnSize(size: Size, model: Pick<Model, 'sizes'> | null): boolean {
  return model === null || model.sizes.length === 0 || model.sizes.some((one) => isSame(one, size))
}

export function isSame(one: Size, other: Size): boolean {
  return one.width === other.width && one.height === other.height
}

/** Even numbers: no codec takes others. */
function scaledTo(shortSide: number, ratio: number): Size {
  const even = (value: number) => 2 * Math.round(value / 2)
  return ratio >= 1
    ? { width: even(shortSide * ratio), height: shortSide }
    : { width: shortSide, height: even(shortSide / ratio) }
}
