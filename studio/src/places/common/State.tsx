/** Where a shot or a take is, as a word with a mark. */
import type { Job, ShotState } from '../../api/types'
import { Icon } from '../../parts/Icon'
import { useWords } from '../../words/words'
import { standing } from './jobs'
import styles from './State.module.css'

export function ShotMark({ state, isRunning = false }: { state: ShotState; isRunning?: boolean }) {
  const { t } = useWords()
  return (
    <span className={styles.mark} data-state={state} data-running={isRunning || undefined}>
      {state === 'chosen' ? <Icon name="check" size={13} /> : <span className={styles.dot} />}
      {t(`film.state.${state}`)}
    </span>
  )
}

export function JobMark({ job }: { job: Job }) {
  const { t } = useWords()
  const state = standing(job)
  return (
    <span className={styles.mark} data-state={state}>
      <span className={styles.dot} />
      {t(`film.job.${state}`)}
    </span>
  )
}
