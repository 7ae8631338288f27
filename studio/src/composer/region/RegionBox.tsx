/** A rectangle on a frame: it is taken by its inside to move it, or by a corner to stretch it. */
import type { CSSProperties, KeyboardEvent, PointerEvent } from 'react'
import { useWords, type Words } from '../../words/words'
import type { Box } from '../draft/draft'
import { CORNERS, type Corner } from './boxes'
import styles from './RegionBox.module.css'

interface RegionBoxProps {
  box: Box
  number: number
  isSelected: boolean
  onSelect(): void
  /** By a corner; null: by its inside. */
  onGrab(corner: Corner | null, event: PointerEvent): void
  onKeyDown(event: KeyboardEvent): void
}

export function RegionBox({ box, number, isSelected, onSelect, onGrab, onKeyDown }: RegionBoxProps) {
  const words = useWords()
  return (
    <button
      type="button"
      className={styles.box}
      style={placed(box)}
      aria-pressed={isSelected}
      aria-label={saidOf(box, number, words)}
      onFocus={onSelect}
      onPointerDown={(event) => onGrab(null, event)}
      onKeyDown={onKeyDown}
    >
      {CORNERS.map((corner) => (
        <span
          key={corner.join()}
          className={styles.corner}
          data-right={corner[0] === 1 || undefined}
          data-bottom={corner[1] === 1 || undefined}
          onPointerDown={(event) => onGrab(corner, event)}
        />
      ))}
    </button>
  )
}

/** One that a hand is drawing. */
export function DrawnBox({ box }: { box: Box }) {
  return <span className={styles.box} style={placed(box)} />
}

/** Where it is and how large, in words. */
export function saidOf({ left, top, width, height }: Box, number: number, { t, percent }: Words): string {
  return t('composer.region.box', {
    number,
    left: percent(left),
    top: percent(top),
    width: percent(width),
    height: percent(height),
  })
}

function placed({ left, top, width, height }: Box): CSSProperties {
  return {
    insetInlineStart: `${100 * left}%`,
    insetBlockStart: `${100 * top}%`,
    inlineSize: `${100 * width}%`,
    blockSize: `${100 * height}%`,
  }
}
