/** Which part of a clip changes, laid over its frames: what changes is hatched, what stays is clear. */
import { useId } from 'react'
import type { Region } from '../draft/draft'
import { urlOf } from '../things'
import { type Ink, pathOf, type Size, type Stroke } from './ink'
import styles from './RegionOver.module.css'

interface RegionOverProps {
  region: Pick<Region, 'boxes' | 'isKept'>
  ink: Ink
  /** How many times as wide as high the frames are. */
  shape: number
}

/** Units along the short side. */
const SIDE = 100

/** The mask of a region, as far as it can be seen from here. */
export function inkOf({ mask }: Region): Ink {
  return { base: mask && urlOf(mask), strokes: [] }
}

export function RegionOver({ region: { boxes, isKept }, ink, shape }: RegionOverProps) {
  const id = useId()
  const size = shape > 1 ? { width: SIDE * shape, height: SIDE } : { width: SIDE, height: SIDE / shape }
  const marked = boxes.map((box) => (
    <rect
      key={`${box.left} ${box.top} ${box.width} ${box.height}`}
      x={box.left * size.width}
      y={box.top * size.height}
      width={box.width * size.width}
      height={box.height * size.height}
    />
  ))
  const [inside, outside] = isKept ? [styles.hidden, styles.shown] : [styles.shown, styles.hidden]
  return (
    <svg
      className={styles.over}
      viewBox={`0 0 ${size.width} ${size.height}`}
      preserveAspectRatio="xMidYMid slice"
      aria-hidden="true"
    >
      <pattern
        id={`${id}-hatch`}
        width="6"
        height="6"
        patternUnits="userSpaceOnUse"
        patternTransform="rotate(45)"
      >
        <rect className={styles.shade} width="6" height="6" />
        <rect className={styles.line} width="1.2" height="6" />
      </pattern>
      <mask id={`${id}-changed`}>
        <rect className={outside} {...size} />
        {ink.base !== null && (
          <image
            href={ink.base}
            {...size}
            preserveAspectRatio="none"
            className={isKept ? styles.turned : undefined}
          />
        )}
        {ink.strokes.map((stroke, at) => (
          <Painted
            // biome-ignore lint/suspicious/noArrayIndexKey: strokes lie over each other in their order
            key={at}
            stroke={stroke}
            size={size}
            className={stroke.isErasing ? outside : inside}
          />
        ))}
        <g className={inside}>{marked}</g>
      </mask>
      <rect {...size} fill={`url(#${id}-hatch)`} mask={`url(#${id}-changed)`} />
      <g className={styles.edge}>{marked}</g>
    </svg>
  )
}

interface PaintedProps {
  stroke: Stroke
  size: Size
  className: string | undefined
}

function Painted({ stroke, size, className }: PaintedProps) {
  return (
    <g className={className}>
      <path className={styles.stroke} d={pathOf(stroke.points, size)} strokeWidth={stroke.width * SIDE} />
    </g>
  )
}
