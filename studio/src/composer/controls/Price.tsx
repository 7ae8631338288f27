/** What takes would cost and how long they would take, as it is told wherever they are asked for. */
import type { Estimate } from '../../api/types'
import { Icon } from '../../parts/Icon'
import { useWords } from '../../words/words'
import styles from './Price.module.css'

interface PriceProps {
  /** The server's: what it would charge. */
  estimate: Estimate | undefined
  /** For one of them; null: none like it was made yet. */
  seconds: number | null
  count?: number
  /** Whether it is left out where it is nothing. */
  isQuiet?: boolean
}

export function Price({ estimate, seconds, count = 1, isQuiet = false }: PriceProps) {
  const { t, length, number } = useWords()
  const { cost = null, credits_left: left = null } = estimate ?? {}
  if (isQuiet && !cost && seconds === null) return null
  return (
    <p className={styles.price} role="status">
      {cost !== null && (cost > 0 || !isQuiet) && <b>{t('film.credits', { cost: rounded(cost) })}</b>}
      {left !== null && cost !== null && cost > 0 && (
        <span data-short={cost > left || undefined}>{t('composer.left', { count: rounded(left) })}</span>
      )}
      {seconds !== null && (
        <span>
          <Icon name="clock" size={12} />
          {count > 1
            ? t('composer.time.each', { time: length(seconds), count: number(count) })
            : t('composer.time', { time: length(seconds) })}
        </span>
      )}
    </p>
  )
}

function rounded(credits: number): number {
  return Math.round(credits * 100) / 100
}
