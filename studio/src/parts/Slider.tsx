/** A number between two others, by feel. */
import type { CSSProperties } from 'react'
import styles from './Slider.module.css'

interface SliderProps {
  label: string
  value: number
  min: number
  max: number
  step: number
  /** The value in words. */
  said: string
  isOff?: boolean
  /** Time runs from left to right in every language. */
  isTime?: boolean
  onChange(value: number): void
}

export function Slider({
  label,
  value,
  min,
  max,
  step,
  said,
  isOff = false,
  isTime = false,
  onChange,
}: SliderProps) {
  const at: CSSProperties & { '--at': string } = {
    '--at': `${max > min ? (100 * (value - min)) / (max - min) : 0}%`,
  }
  return (
    <input
      type="range"
      dir={isTime ? 'ltr' : undefined}
      className={styles.slider}
      aria-label={label}
      aria-valuetext={said}
      min={min}
      max={max}
      step={step}
      value={value}
      disabled={isOff}
      style={at}
      onChange={(event) => onChange(event.target.valueAsNumber)}
    />
  )
}
