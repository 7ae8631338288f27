/** A mask: a picture that was brought, and what was painted over it. White marks what lies inside of the region. */
import type { Point } from './boxes'

export interface Stroke {
  points: readonly Point[]
  /** Of the picture's short side. */
  width: number
  isErasing: boolean
}
export interface Ink {
  /** Where the picture below can be loaded; null: there is none. */
  base: string | null
  strokes: readonly Stroke[]
}
export interface Size {
  width: number
  height: number
}

export const NO_INK: Ink = { base: null, strokes: [] }
/** How far a mask's shape may be off its clip's: sizes are rounded. As the server has it. */
const SAME_SHAPE = 0.02
const LONGEST_SIDE = 2048
/** From this level on, a pixel is inside. */
const WHITE = 128
/** Points of a stroke lie no nearer to each other, in shares of the picture. */
const NEAR = 0.003
const FINE = 1000

export function isOfShape(mask: Size, clip: Size): boolean {
  return Math.abs((mask.width * clip.height) / (mask.height * clip.width) - 1) <= SAME_SHAPE
}

/** A stroke that goes on to a point. */
export function drawnOn(points: readonly Point[], to: Point): readonly Point[] {
  const last = points.at(-1)
  if (last && Math.hypot(to[0] - last[0], to[1] - last[1]) < NEAR) return points
  return [...points, [fine(to[0]), fine(to[1])]]
}

/** As SVG draws it with round ends; a single point is a dab. */
export function pathOf(points: readonly Point[], { width, height }: Size): string {
  const placed = points.map(([x, y]) => `${fine(x * width)} ${fine(y * height)}`)
  return placed.length === 1 ? `M${placed[0]}l0 0` : `M${placed.join('L')}`
}

/** How much of a picture is inside. */
export function extentOf(pixels: Uint8ClampedArray): 'none' | 'some' | 'all' {
  let inside = 0
  for (let at = 0; at < pixels.length; at += 4) if ((pixels[at] ?? 0) >= WHITE) inside += 1
  if (inside === 0) return 'none'
  return inside === pixels.length / 4 ? 'all' : 'some'
}

/** A picture of a mask, in the shape of its clip; or that it marks nothing, or all. */
export async function pictureOf(ink: Ink, clip: Size): Promise<File | 'none' | 'all'> {
  const scale = Math.min(1, LONGEST_SIDE / Math.max(clip.width, clip.height))
  const sheet = document.createElement('canvas')
  sheet.width = Math.round(clip.width * scale)
  sheet.height = Math.round(clip.height * scale)
  const context = sheet.getContext('2d')
  if (context === null) throw new Error('this browser draws no pictures')
  context.fillRect(0, 0, sheet.width, sheet.height)
  if (ink.base !== null) context.drawImage(await loaded(ink.base), 0, 0, sheet.width, sheet.height)
  for (const stroke of ink.strokes) draw(context, stroke, sheet)
  const extent = extentOf(context.getImageData(0, 0, sheet.width, sheet.height).data)
  if (extent !== 'some') return extent
  const made = await new Promise<Blob | null>((done) => sheet.toBlob(done, 'image/png'))
  if (made === null) throw new Error('this browser writes no pictures')
  return new File([made], 'mask.png', { type: 'image/png' })
}

/** A picture once it is there.
 *
 * @throws Error: it cannot be read.
 */
export async function loaded(url: string): Promise<HTMLImageElement> {
  const picture = new Image()
  picture.src = url
  await picture.decode()
  return picture
}

function draw(context: CanvasRenderingContext2D, stroke: Stroke, sheet: Size): void {
  context.strokeStyle = stroke.isErasing ? 'black' : 'white'
  context.lineWidth = stroke.width * Math.min(sheet.width, sheet.height)
  context.lineCap = 'round'
  context.lineJoin = 'round'
  context.stroke(new Path2D(pathOf(stroke.points, sheet)))
}

function fine(share: number): number {
  return Math.round(share * FINE) / FINE
}
