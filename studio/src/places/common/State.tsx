/** Where a shot or a take is, as a word with a mark. */
import type { Job, Shot } from '../../api/types'
import { Icon } from '../../parts/Icon'
import { useWords } from '../../words/words'
import { standing, workOn } from './jobs'
import styles from './State.module.css'

export function ShotMark({ shot }: { shot: Shot }) {
  const { t } = useWords()
  const { state } = shot
  const work = workOn(shot)
  return (
    <span className={styles.mark} data-state={state} data-running={work === 'running' || undefined}>
      {work === 'held' ? (
        <Icon name="pause" size={13} />
      ) : state === 'chosen' ? (
        <Icon name="check" size={13} />
      ) : (
        <span className={styles.dot} />
      )}
      {t(`film.state.${state}`)}
      {work === 'held' && `${t('common.between')}${t('film.job.held')}`}
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
