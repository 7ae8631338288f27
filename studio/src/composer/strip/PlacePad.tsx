/** Where a clip sits in the larger picture around it: moved by hand, or by arrow keys. */
import { type KeyboardEvent, type PointerEvent, useRef } from 'react'
import { useWords } from '../../words/words'
import { useComposing } from '../composing'
import type { Source } from '../draft/draft'
import { stepOf } from '../drawing/onFrame'
import styles from './PlacePad.module.css'

const STEP = 0.05

export function PlacePad({ source }: { source: Source }) {
  const { t, percent } = useWords()
  const { draft, clip, edit } = useComposing()
  const pad = useRef<HTMLDivElement>(null)
  const whole = (draft.width ?? 16) / (draft.height ?? 9)
  const inner = (clip?.width ?? 16) / (clip?.height ?? 9)
  // as large as it fits into the whole
  const share = inner > whole ? [1, whole / inner] : [inner / whole, 1]
  const [across = 1, down = 1] = share
  const put = (left: number, top: number) =>
    edit({ do: 'source', values: { left: within(left), top: within(top) } })

  const point = (event: PointerEvent) => {
    const box = pad.current?.getBoundingClientRect()
    if (!box) return
    const at = (along: number, size: number) => (size >= 1 ? 0.5 : (along - size / 2) / (1 - size))
    put(at((event.clientX - box.left) / box.width, across), at((event.clientY - box.top) / box.height, down))
  }
  const key = (event: KeyboardEvent) => {
    const step = stepOf(event.key, STEP)
    if (step === undefined) return
    event.preventDefault()
    put(source.left + step[0], source.top + step[1])
  }
  const said = t('composer.place.at', { left: percent(source.left), top: percent(source.top) })
  return (
    <div className={styles.place}>
      <div
        ref={pad}
        className={styles.pad}
        dir="ltr"
        role="application"
        // biome-ignore lint/a11y/noNoninteractiveTabindex: arrow keys move the clip in it
        tabIndex={0}
        aria-label={`${t('composer.place')}: ${said}`}
        style={{ aspectRatio: String(whole) }}
        onKeyDown={key}
        onPointerDown={(event) => {
          event.currentTarget.setPointerCapture(event.pointerId)
          point(event)
        }}
        onPointerMove={(event) => event.buttons === 1 && point(event)}
      >
        <span
          className={styles.clip}
          style={{
            inlineSize: `${100 * across}%`,
            blockSize: `${100 * down}%`,
            insetInlineStart: `${100 * source.left * (1 - across)}%`,
            insetBlockStart: `${100 * source.top * (1 - down)}%`,
          }}
        />
      </div>
      <span>{said}</span>
    </div>
  )
}

function within(share: number): number {
  return Math.round(Math.max(0, Math.min(1, share)) * 100) / 100
}
