/** The end of what is made: drawn along time, or moved by arrow keys. */
import type { KeyboardEvent, PointerEvent } from 'react'
import { useWords } from '../../words/words'
import { useComposing } from '../composing'
import { frameOf } from '../draft/frames'
import styles from './EndHandle.module.css'
import { steppedBy } from './Ruler'

const LONGEST = 600

interface EndHandleProps {
  view: number
  across(seconds: number): string
  timeAt(x: number): number
  /** While it is drawn, the view stays; null: it may change again. */
  onHold(view: number | null): void
}

export function EndHandle({ view, across, timeAt, onHold }: EndHandleProps) {
  const { t, length } = useWords()
  const { span, edit, select } = useComposing()
  const [from, to] = span.made
  const frames = frameOf(to - from, span.rate)
  const last = Math.floor(LONGEST * span.rate)
  const set = (count: number) =>
    edit({ do: 'set', values: { seconds: Math.max(1, Math.min(last, count)) / span.rate } })

  const press = (event: PointerEvent<HTMLElement>) => {
    if (event.button !== 0) return
    event.currentTarget.setPointerCapture(event.pointerId)
    event.currentTarget.focus()
    onHold(view)
    select(null)
  }
  const drag = (event: PointerEvent<HTMLElement>) => {
    if (!event.currentTarget.hasPointerCapture(event.pointerId)) return
    set(frameOf(Math.min(view, timeAt(event.clientX)) - from, span.rate))
  }
  const key = (event: KeyboardEvent) => {
    const count = steppedBy(event, frames, last)
    if (count === null || event.key === 'End') return
    event.preventDefault()
    set(count)
  }
  return (
    <div
      className={styles.handle}
      role="slider"
      tabIndex={0}
      style={{ insetInlineStart: across(to) }}
      aria-label={t('film.duration')}
      aria-valuemin={1}
      aria-valuemax={last}
      aria-valuenow={frames}
      aria-valuetext={length(to - from)}
      onPointerDown={press}
      onPointerMove={drag}
      onLostPointerCapture={() => onHold(null)}
      onKeyDown={key}
    />
  )
}
