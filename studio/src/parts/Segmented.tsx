/** One of few, all in view. Arrow keys choose among them. */
import { type KeyboardEvent, useRef } from 'react'
import { Icon, type IconName } from './Icon'
import styles from './Segmented.module.css'

export interface Segment<Value extends string> {
  value: Value
  label: string
  icon?: IconName
  isOff?: boolean
}
interface SegmentedProps<Value extends string> {
  label: string
  value: Value
  segments: readonly Segment<NoInfer<Value>>[]
  onChange(value: NoInfer<Value>): void
  isSmall?: boolean
}

export function Segmented<Value extends string>({
  label,
  value,
  segments,
  onChange,
  isSmall = false,
}: SegmentedProps<Value>) {
  const group = useRef<HTMLDivElement>(null)
  const choose = (event: KeyboardEvent) => {
    const isBack = event.key === 'ArrowUp' || event.key === (isRtl() ? 'ArrowRight' : 'ArrowLeft')
    const isOn = event.key === 'ArrowDown' || event.key === (isRtl() ? 'ArrowLeft' : 'ArrowRight')
    if (!isBack && !isOn) return
    event.preventDefault()
    event.stopPropagation()
    const free = segments.filter((one) => !one.isOff)
    const at = free.findIndex((one) => one.value === value)
    const next = free[(at + (isOn ? 1 : free.length - 1)) % free.length]
    if (next === undefined) return
    onChange(next.value)
    group.current?.querySelector<HTMLElement>(`[data-value="${next.value}"]`)?.focus()
  }
  return (
    <div
      ref={group}
      role="radiogroup"
      aria-label={label}
      className={`${styles.group} ${isSmall ? styles.small : ''}`}
      onKeyDown={choose}
    >
      {segments.map((one) => (
        // biome-ignore lint/a11y/useSemanticElements: a radio cannot be drawn as a segment with words in it
        <button
          key={one.value}
          type="button"
          role="radio"
          data-value={one.value}
          aria-checked={one.value === value}
          tabIndex={one.value === value ? 0 : -1}
          disabled={one.isOff}
          className={styles.one}
          onClick={() => onChange(one.value)}
        >
          {one.icon && <Icon name={one.icon} size={14} />}
          {one.label}
        </button>
      ))}
    </div>
  )
}

function isRtl(): boolean {
  return document.documentElement.dir === 'rtl'
}
