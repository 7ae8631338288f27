/** A picture pinned in time: moved by hand, or by arrow keys. */
import { type KeyboardEvent, type PointerEvent, useRef } from 'react'
import { Picture } from '../../parts/Picture'
import { useWords } from '../../words/words'
import { useComposing } from '../composing'
import type { Pin as PinDrafted } from '../draft/draft'
import { frameOfPin, freeFrame, placeAt } from '../draft/frames'
import { urlOf } from '../things'
import styles from './Pin.module.css'
import { steppedBy } from './Ruler'

interface PinProps {
  pin: PinDrafted
  across(seconds: number): string
  frameUnder(x: number): number
}

/** Farther than this, in pixels, and a press is a drag. */
const SLACK = 4

export function Pin({ pin, across, frameUnder }: PinProps) {
  const { t, place } = useWords()
  const { draft, edit, span, selected, select, setCursor } = useComposing()
  const pressedAt = useRef<number | null>(null)
  const frame = frameOfPin(pin, span)
  const at = across(Math.min(frame, span.frames - 1) / span.rate)
  const isSelected = selected?.kind === 'pin' && selected.id === pin.id
  const isLate = pin.at !== null && pin.at >= span.total

  const move = (wanted: number) => {
    const others = draft.pins.filter((one) => one.id !== pin.id)
    const free = freeFrame(wanted, others, span, draft.isLoop)
    if (free === null || free === frame) return
    edit({ do: 'repin', id: pin.id, at: placeAt(free, span, draft.isLoop) })
    setCursor(free)
  }
  const press = (event: PointerEvent<HTMLElement>) => {
    if (event.button !== 0) return
    event.currentTarget.setPointerCapture(event.pointerId)
    pressedAt.current = event.clientX
    select({ kind: 'pin', id: pin.id })
    setCursor(frame)
  }
  const drag = (event: PointerEvent<HTMLElement>) => {
    if (pressedAt.current === null || Math.abs(event.clientX - pressedAt.current) < SLACK) return
    pressedAt.current = Number.NEGATIVE_INFINITY // from here on every pixel counts
    move(frameUnder(event.clientX))
  }
  const key = (event: KeyboardEvent) => {
    const to = steppedBy(event, frame, span.frames - 1)
    if (to !== null) move(to)
    else if (event.key === 'Delete' || event.key === 'Backspace') edit({ do: 'unpin', id: pin.id })
    else return
    event.preventDefault()
    event.stopPropagation()
  }
  return (
    <>
      <i className={styles.stem} data-selected={isSelected || undefined} style={{ insetInlineStart: at }} />
      <div
        role="slider"
        tabIndex={0}
        className={styles.pin}
        data-selected={isSelected || undefined}
        data-late={isLate || undefined}
        style={{ insetInlineStart: `clamp(0px, calc(${at} - 2.25rem), calc(var(--total) - 4.9rem))` }}
        aria-label={t('composer.pin')}
        aria-valuemin={0}
        aria-valuemax={span.frames - 1}
        aria-valuenow={Math.min(frame, span.frames - 1)}
        aria-valuetext={t('composer.at', { frame, time: place(frame / span.rate) })}
        onFocus={() => select({ kind: 'pin', id: pin.id })}
        onPointerDown={press}
        onPointerMove={drag}
        onPointerUp={() => {
          pressedAt.current = null
        }}
        onKeyDown={key}
      >
        <Picture src={urlOf(pin.image)} alt="" shape={1.6} />
      </div>
    </>
  )
}
