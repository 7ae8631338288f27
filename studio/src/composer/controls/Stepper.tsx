/** A small whole number, one more or one less. */
import { Icon } from '../../parts/Icon'
import { useWords } from '../../words/words'
import { steppedBy } from '../strip/Ruler'
import styles from './Stepper.module.css'

interface StepperProps {
  label: string
  value: number
  min: number
  max: number
  onChange(value: number): void
}

export function Stepper({ label, value, min, max, onChange }: StepperProps) {
  const { t, number } = useWords()
  return (
    <div
      className={styles.stepper}
      role="spinbutton"
      tabIndex={0}
      aria-label={label}
      aria-valuemin={min}
      aria-valuemax={max}
      aria-valuenow={value}
      onKeyDown={(event) => {
        const to = steppedBy(event, value - min, max - min)
        if (to === null) return
        event.preventDefault()
        onChange(to + min)
      }}
    >
      <button
        type="button"
        tabIndex={-1}
        aria-label={t('composer.less')}
        disabled={value <= min}
        onClick={() => onChange(value - 1)}
      >
        <Icon name="minus" size={13} />
      </button>
      <span>× {number(value)}</span>
      <button
        type="button"
        tabIndex={-1}
        aria-label={t('composer.one.more')}
        disabled={value >= max}
        onClick={() => onChange(value + 1)}
      >
        <Icon name="plus" size={13} />
      </button>
    </div>
  )
}
