/** Which part of a clip changes, laid over its frames: what changes is hatched, what stays is clear. */
import { useId } from 'react'
import type { Region } from '../draft/draft'
import styles from './RegionOver.module.css'

interface RegionOverProps {
  region: Pick<Region, 'boxes' | 'isKept'>
  /** How many times as wide as high the frames are. */
  shape: number
}

/** Units along the short side. */
const SIDE = 100

export function RegionOver({ region: { boxes, isKept }, shape }: RegionOverProps) {
  const id = useId()
  const [width, height] = shape > 1 ? [SIDE * shape, SIDE] : [SIDE, SIDE / shape]
  const marked = boxes.map((box) => (
    <rect
      key={`${box.left} ${box.top} ${box.width} ${box.height}`}
      x={box.left * width}
      y={box.top * height}
      width={box.width * width}
      height={box.height * height}
    />
  ))
  return (
    <svg
      className={styles.over}
      viewBox={`0 0 ${width} ${height}`}
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
        <rect className={isKept ? styles.shown : styles.hidden} width={width} height={height} />
        <g className={isKept ? styles.hidden : styles.shown}>{marked}</g>
      </mask>
      <rect width={width} height={height} fill={`url(#${id}-hatch)`} mask={`url(#${id}-changed)`} />
      <g className={styles.edge}>{marked}</g>
    </svg>
  )
}
