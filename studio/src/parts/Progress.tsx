/** How far something is, from 0 to 1; null: nobody knows. */
import { useWords } from '../words/words'
import styles from './Progress.module.css'

export function Progress({ fraction, label }: { fraction: number | null; label: string }) {
  const { percent } = useWords()
  const isKnown = fraction !== null
  return (
    <div
      className={styles.track}
      role="progressbar"
      aria-label={label}
      aria-valuemin={0}
      aria-valuemax={100}
      {...(isKnown && { 'aria-valuenow': Math.round(fraction * 100), 'aria-valuetext': percent(fraction) })}
    >
      <div
        className={`${styles.bar} ${isKnown ? '' : styles.unknown}`}
        style={isKnown ? { scale: `${Math.max(0.01, fraction)} 1` } : undefined}
      />
    </div>
  )
}
