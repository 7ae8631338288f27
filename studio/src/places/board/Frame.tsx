/** What lies over the items: corners to grab, the frame that selects, lines along which things are. */
import type { CSSProperties } from 'react'
import { around, type Box } from './plane'
import type { Corner } from './resizing'
import styles from './Surface.module.css'
import type { Line } from './snap'

const CORNERS: readonly Corner[] = ['nw', 'ne', 'sw', 'se']

interface FrameProps {
  chosen: readonly Box[]
  marquee: Box | null
  lines: readonly Line[]
}

export function Frame({ chosen, marquee, lines }: FrameProps) {
  const box = around(chosen)
  return (
    <>
      {box !== null && (
        <div className={styles.chosen} data-many={chosen.length > 1 || undefined} style={boxStyle(box)}>
          {CORNERS.map((corner) => (
            <span key={corner} className={styles.corner} data-corner={corner} />
          ))}
        </div>
      )}
      {marquee !== null && <div className={styles.marquee} style={boxStyle(marquee)} />}
      {lines.map((line) => (
        <div key={line.axis} className={styles.line} data-axis={line.axis} style={lineStyle(line)} />
      ))}
    </>
  )
}

function boxStyle({ x, y, width, height }: Box): CSSProperties {
  return { transform: `translate(${x}px, ${y}px)`, inlineSize: width, blockSize: height }
}

function lineStyle({ axis, at, from, to }: Line): CSSProperties {
  return axis === 'down'
    ? { transform: `translate(${at}px, ${from}px)`, blockSize: to - from }
    : { transform: `translate(${from}px, ${at}px)`, inlineSize: to - from }
}
