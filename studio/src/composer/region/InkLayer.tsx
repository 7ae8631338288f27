/** What lies over the frame while a mask is painted: a brush that goes with the hand, or by keys. */
import { type KeyboardEvent, type PointerEvent, useState } from 'react'
import { useWords } from '../../words/words'
import { inside } from '../drawing/marks'
import { pointOn, stepOf } from '../drawing/onFrame'
import type { Point } from './boxes'
import styles from './InkLayer.module.css'
import { drawnOn } from './ink'

interface InkLayerProps {
  /** Of the brush, in shares of the frame's short side. */
  width: number
  /** How many times as wide as high the frame is. */
  shape: number
  /** A stroke so far; null: it has ended, and stays. */
  onDraw(points: readonly Point[]): void
  onDrawn(points: readonly Point[]): void
}

const STEP = 0.02
const FAR = 0.1

export function InkLayer({ width, shape, onDraw, onDrawn }: InkLayerProps) {
  const { t } = useWords()
  const [at, setAt] = useState<Point>([0.5, 0.5])
  const [points, setPoints] = useState<readonly Point[] | null>(null)

  const pointOf = (event: PointerEvent<HTMLElement>) => pointOn(event.currentTarget, event)
  const draw = (drawn: readonly Point[]) => {
    setPoints(drawn)
    onDraw(drawn)
  }
  const press = (event: PointerEvent<HTMLElement>) => {
    event.stopPropagation()
    if (event.button !== 0) return
    event.currentTarget.setPointerCapture(event.pointerId)
    draw(drawnOn([], pointOf(event)))
  }
  const move = (event: PointerEvent<HTMLElement>) => {
    event.stopPropagation()
    setAt(pointOf(event))
    if (points !== null) draw(drawnOn(points, pointOf(event)))
  }
  const release = (event: PointerEvent<HTMLElement>) => {
    event.stopPropagation()
    if (points !== null) onDrawn(points)
    setPoints(null)
  }
  const key = (event: KeyboardEvent) => {
    const by = stepOf(event.key, event.altKey ? FAR : STEP)
    if (by !== undefined) {
      const to: Point = [inside(at[0] + by[0]), inside(at[1] + by[1])]
      setAt(to)
      if (event.shiftKey) onDrawn(drawnOn(drawnOn([], at), to))
    } else if (event.key === 'Enter' || event.key === ' ') onDrawn(drawnOn([], at))
    else return
    event.preventDefault()
    event.stopPropagation()
  }
  const share = 100 * width
  return (
    <div
      className={styles.layer}
      role="application"
      // biome-ignore lint/a11y/noNoninteractiveTabindex: arrow keys move the brush, Enter puts a dab
      tabIndex={0}
      aria-label={t('composer.region.ink')}
      onPointerDown={press}
      onPointerMove={move}
      onPointerUp={release}
      onPointerCancel={release}
      onKeyDown={key}
    >
      <span
        className={styles.brush}
        style={{
          insetInlineStart: `${100 * at[0]}%`,
          insetBlockStart: `${100 * at[1]}%`,
          inlineSize: `${shape > 1 ? share / shape : share}%`,
        }}
      />
    </div>
  )
}
