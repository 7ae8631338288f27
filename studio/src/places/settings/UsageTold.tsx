/** What was used: credits and jobs by day, and what is stored. */
import type { Usage } from '../../api/types'
import { useWords } from '../../words/words'
import styles from './SettingsPlace.module.css'

const DAY_MS = 86_400_000

export function UsageTold({ usage }: { usage: Usage }) {
  const { t, number, bytes } = useWords()
  const days = allDays(usage)
  const most = Math.max(1, ...days.map((day) => day.jobs))
  return (
    <>
      <dl className={styles.figures}>
        <Figure
          name={t('settings.usage.jobs')}
          value={number(days.reduce((sum, day) => sum + day.jobs, 0))}
        />
        <Figure
          name={t('settings.usage.credits')}
          value={number(usage.credits_spent)}
          more={usage.credits_left === null ? null : t('settings.usage.left', { count: usage.credits_left })}
        />
        <Figure
          name={t('settings.usage.stored')}
          value={bytes(usage.stored_bytes)}
          more={
            usage.max_stored_bytes === null
              ? null
              : t('settings.usage.most', { most: bytes(usage.max_stored_bytes) })
          }
        />
      </dl>
      <figure className={styles.chart}>
        <figcaption>{t('settings.usage.days', { count: days.length })}</figcaption>
        <div className={styles.bars} aria-hidden="true">
          {days.map((day) => (
            <span
              key={day.day}
              data-none={day.jobs === 0 || undefined}
              style={{ blockSize: `${(100 * day.jobs) / most}%` }}
              title={`${day.day}: ${number(day.jobs)}`}
            />
          ))}
        </div>
      </figure>
    </>
  )
}

function Figure({ name, value, more = null }: { name: string; value: string; more?: string | null }) {
  return (
    <div>
      <dt>{name}</dt>
      <dd>
        <b>{value}</b>
        {more && <small>{more}</small>}
      </dd>
    </div>
  )
}

/** Every day of a span, those too on which nothing happened. */
export function allDays({ since, until, days }: Pick<Usage, 'since' | 'until' | 'days'>): Usage['days'] {
  const told = new Map(days.map((day) => [day.day, day]))
  const count = Math.round((Date.parse(until) - Date.parse(since)) / DAY_MS) + 1
  return Array.from({ length: Math.max(0, count) }, (_, index) => {
    const day = new Date(Date.parse(since) + index * DAY_MS).toISOString().slice(0, 10)
    return told.get(day) ?? { day, credits: 0, jobs: 0 }
  })
}
