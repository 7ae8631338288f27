/** What a take looks like now: its picture, a look at what is being made, or why there is none. It moves when pointed at. */
import { type ReactNode, useState } from 'react'
import { ROOT } from '../../api/client'
import { useStep } from '../../api/live'
import type { Job } from '../../api/types'
import { Icon } from '../../parts/Icon'
import { Picture } from '../../parts/Picture'
import { Progress } from '../../parts/Progress'
import { useWords } from '../../words/words'
import { pictureUrl, standing } from './jobs'
import styles from './TakePicture.module.css'

interface TakePictureProps {
  job: Job
  alt: string
  shape: number
  /** Plays when pointed at. */
  moves?: boolean
  /** That it waits stands beside it. */
  isTold?: boolean
  children?: ReactNode
}

export function TakePicture({ job, alt, shape, moves = false, isTold = false, children }: TakePictureProps) {
  const [isLooked, setLooked] = useState(false)
  const clip = moves && isLooked ? job.outputs.video?.url : undefined
  const look = useLook(job)
  return (
    <div
      className={styles.take}
      onPointerEnter={() => setLooked(true)}
      onPointerLeave={() => setLooked(false)}
    >
      <Picture
        src={pictureUrl(job) ?? look.previewUrl}
        alt={alt}
        shape={shape}
        icon={job.state === 'failed' ? 'warning' : job.state === 'cancelled' ? 'close' : 'still'}
        className={job.state === 'failed' ? styles.failed : undefined}
      >
        {clip && (
          <video
            className={styles.clip}
            src={clip}
            autoPlay
            muted
            loop
            playsInline
            tabIndex={-1}
            aria-hidden="true"
          />
        )}
        {job.state === 'queued' && !isTold && <Waiting job={job} />}
        {job.state === 'running' && (
          <span className={styles.progress}>
            <Progress fraction={look.fraction} label={look.words} />
          </span>
        )}
        {children}
      </Picture>
    </div>
  )
}

function Waiting({ job }: { job: Job }) {
  const { t } = useWords()
  return (
    <span className={styles.waiting}>
      <Icon name={job.is_held ? 'pause' : 'clock'} size={13} />
      {job.is_held || job.ahead === null
        ? t(`film.job.${standing(job)}`)
        : t('film.ahead', { count: job.ahead })}
    </span>
  )
}

export interface Look {
  /** null: not known yet. */
  fraction: number | null
  previewUrl: string | null
  words: string
}

/** How far a running job is: what the stream said last, else what the answer said. */
export function useLook(job: Job): Look {
  const { t, named } = useWords()
  const heard = useStep(job.id)
  if (job.state !== 'running') return { fraction: null, previewUrl: null, words: '' }
  const step = heard ?? { ...job.progress, has_preview: job.progress.preview_url !== null }
  const done = step.steps_done ?? 0
  return {
    fraction: step.steps_total ? step.fraction : null,
    previewUrl: step.has_preview ? `${ROOT}/jobs/${job.id}/preview?step=${done}` : null,
    words:
      step.stage === 'making' && step.steps_total
        ? t('film.steps', { done, total: step.steps_total })
        : named('film.stage', step.stage ?? 'making'),
  }
}
