/** Seconds and frames above the strip, and the cursor at which things are put. */
import type { KeyboardEvent, PointerEvent } from 'react'
import { useWords } from '../../words/words'
import { useComposing } from '../composing'
import { marksOf } from '../draft/frames'
import styles from './Ruler.module.css'

interface RulerProps {
  /** Seconds in view. */
  view: number
  frameUnder(x: number): number
}

export function Ruler({ view, frameUnder }: RulerProps) {
  const { t, number, place } = useWords()
  const { span, cursor, setCursor, select } = useComposing()
  const { main, fine } = marksOf(view, span.rate)
  const across = (seconds: number) => `${(100 * seconds) / view}%`
  const put = (frame: number) => setCursor(Math.max(0, Math.min(span.frames - 1, frame)))

  const press = (event: PointerEvent<HTMLElement>) => {
    if (event.button !== 0) return
    event.currentTarget.setPointerCapture(event.pointerId)
    select(null)
    put(frameUnder(event.clientX))
  }
  const drag = (event: PointerEvent<HTMLElement>) => {
    if (event.currentTarget.hasPointerCapture(event.pointerId)) put(frameUnder(event.clientX))
  }
  const key = (event: KeyboardEvent) => {
    const to = steppedBy(event, cursor, span.frames - 1)
    if (to === null) return
    event.preventDefault()
    put(to)
  }
  return (
    <div
      className={styles.ruler}
      role="slider"
      tabIndex={0}
      aria-label={t('composer.cursor')}
      aria-valuemin={0}
      aria-valuemax={span.frames - 1}
      aria-valuenow={cursor}
      aria-valuetext={t('composer.at', { frame: cursor, time: place(cursor / span.rate) })}
      onPointerDown={press}
      onPointerMove={drag}
      onKeyDown={key}
    >
      {fine.map((at) => (
        <i key={at} className={styles.fine} style={{ insetInlineStart: across(at) }} />
      ))}
      {main.map((at) => (
        <span key={at} className={styles.main} style={{ insetInlineStart: across(at) }}>
          {number(at)}
        </span>
      ))}
      <span className={styles.cursor}>
        <b>{number(cursor)}</b>
      </span>
    </div>
  )
}

/** Where a key moves something to that stands at a frame; null: it is no such key. */
export function steppedBy({ key, shiftKey }: KeyboardEvent, frame: number, last: number): number | null {
  const step = shiftKey ? 10 : 1
  if (key === 'ArrowLeft' || key === 'ArrowDown') return Math.max(0, frame - step)
  if (key === 'ArrowRight' || key === 'ArrowUp') return Math.min(last, frame + step)
  if (key === 'Home') return 0
  return key === 'End' ? last : null
}
