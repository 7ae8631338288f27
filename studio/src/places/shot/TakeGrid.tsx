/** All takes of a shot, newest first. One is looked at; with Shift another is put beside it. */
import type { MouseEvent } from 'react'
import type { Shot, Take } from '../../api/types'
import { carries, thingOfTake } from '../../composer/things'
import { Icon } from '../../parts/Icon'
import { useWords } from '../../words/words'
import { seedOf } from '../common/jobs'
import { JobMark } from '../common/State'
import { TakePicture, useLook } from '../common/TakePicture'
import { type Looking, newestFirst } from './looking'
import styles from './TakeGrid.module.css'

interface TakeGridProps {
  shot: Shot
  takes: readonly Take[]
  shape: number
  looking: Looking
}

export function TakeGrid({ shot, takes, shape, looking }: TakeGridProps) {
  const { t } = useWords()
  return (
    <section className={styles.takes} aria-label={t('shot.takes')}>
      <h2 className={styles.title}>{t('film.takes', { count: takes.length })}</h2>
      {takes.length === 0 && <p className={styles.none}>{t('shot.takes.empty')}</p>}
      <ul className={styles.grid}>
        {newestFirst(takes).map((take) => (
          <Card
            key={take.id}
            take={take}
            isChosen={shot.chosen_take_id === take.id}
            shape={shape}
            looking={looking}
          />
        ))}
      </ul>
    </section>
  )
}

interface CardProps {
  take: Take
  isChosen: boolean
  shape: number
  looking: Looking
}

function Card({ take, isChosen, shape, looking }: CardProps) {
  const { t, number } = useWords()
  const isOne = looking.take?.id === take.id
  const isOther = looking.other?.id === take.id
  const seed = seedOf(take)
  const press = (event: MouseEvent) => {
    const beside = event.shiftKey || looking.other !== null
    if (beside && !isOne && take.job.state === 'succeeded') looking.compare(take.id)
    else looking.look(take.id)
  }
  return (
    <li {...carries(thingOfTake(take))}>
      <button
        type="button"
        className={styles.card}
        aria-pressed={isOne}
        data-other={isOther || undefined}
        onClick={press}
      >
        <TakePicture job={take.job} alt={t('film.take', { number: take.number })} shape={shape} moves>
          {looking.other && (isOne || isOther) && (
            <span className={styles.letter}>{t(isOne ? 'shot.compare.one' : 'shot.compare.other')}</span>
          )}
          {isChosen && (
            <span className={styles.chosen}>
              <Icon name="check" size={12} />
            </span>
          )}
        </TakePicture>
        <span className={styles.facts}>
          <b>{number(take.number)}</b>
          <span className={styles.kind} data-kind={take.kind}>
            {t(`film.kind.${take.kind}`)}
          </span>
          <Last take={take} seed={seed} />
        </span>
      </button>
    </li>
  )
}

function Last({ take, seed }: { take: Take; seed: number | null }) {
  const { t } = useWords()
  const look = useLook(take.job)
  if (take.job.state === 'running') return <span className={styles.running}>{look.words}</span>
  if (take.job.state !== 'succeeded') return <JobMark job={take.job} />
  return seed === null ? null : (
    <span className={styles.seed} title={t('film.seed')}>
      {seed}
    </span>
  )
}
