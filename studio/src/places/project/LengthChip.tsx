/** How long a shot lasts, as a small word that becomes a field. */
import { useEffect, useRef, useState } from 'react'
import { NumberInput } from '../../parts/Field'
import { Icon } from '../../parts/Icon'
import { useWords } from '../../words/words'
import styles from './ShotRow.module.css'

interface LengthChipProps {
  seconds: number | null
  onChange(seconds: number | null): void
}

export function LengthChip({ seconds, onChange }: LengthChipProps) {
  const { t, length } = useWords()
  const [isOpen, setOpen] = useState(false)
  const [own, setOwn] = useState(seconds)
  const field = useRef<HTMLSpanElement>(null)
  useEffect(() => setOwn(seconds), [seconds])
  useEffect(() => {
    if (isOpen) field.current?.querySelector('input')?.select()
  }, [isOpen])
  const done = () => {
    setOpen(false)
    const told = own !== null && own > 0 && own <= 600 ? own : null
    setOwn(told)
    if (told !== seconds) onChange(told)
  }
  if (!isOpen) {
    return (
      <button
        type="button"
        className={styles.chip}
        data-empty={seconds === null || undefined}
        onClick={() => setOpen(true)}
      >
        <Icon name="clock" size={14} />
        {seconds === null ? t('film.duration') : length(seconds)}
      </button>
    )
  }
  return (
    <span ref={field} className={styles.seconds}>
      <NumberInput
        value={own}
        min={0.1}
        max={600}
        step={0.1}
        autoFocus
        aria-label={t('project.duration.seconds')}
        onChange={setOwn}
        onBlur={done}
        onKeyDown={(event) => {
          if (event.key === 'Enter') done()
          if (event.key === 'Escape') {
            event.stopPropagation()
            setOwn(seconds)
            setOpen(false)
          }
        }}
      />
    </span>
  )
}
