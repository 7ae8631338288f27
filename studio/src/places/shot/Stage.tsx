/** The take that is looked at: played when it is made, watched while it is, and why not if it failed. */
import type { Take } from '../../api/types'
import { DrawingOver } from '../../composer/drawing/DrawingOver'
import { FrameHandle } from '../../composer/FrameHandle'
import { Button } from '../../parts/Button'
import { EmptyState } from '../../parts/EmptyState'
import { Picture } from '../../parts/Picture'
import { Player } from '../../parts/Player'
import { Progress } from '../../parts/Progress'
import { useWords } from '../../words/words'
import { isUnderWay, pictureUrl, standing } from '../common/jobs'
import { Reason } from '../common/Reason'
import { useLook } from '../common/TakePicture'
import styles from './Stage.module.css'

interface StageProps {
  take: Take | null
  onCancel(take: Take): void
  /** undefined: it may not be made again. */
  onRetry: ((take: Take) => void) | undefined
}

const USUAL_RATE = 24

export function Stage({ take, onCancel, onRetry }: StageProps) {
  const { t } = useWords()
  if (take === null) {
    return (
      <div className={styles.room}>
        <EmptyState icon="draft" title={t('shot.empty')} more={t('shot.empty.more')} />
      </div>
    )
  }
  const { video, image } = take.job.outputs
  const label = t('film.take', { number: take.number })
  if (video) {
    return (
      <Player
        src={video.url}
        poster={pictureUrl(take.job) ?? undefined}
        label={label}
        frameRate={video.frame_rate ?? USUAL_RATE}
        hasSound={video.has_sound ?? false}
      >
        <FrameHandle clip={video.id} />
        {take.drawing && (
          <DrawingOver
            key={take.id}
            drawing={take.drawing}
            shape={(video.width ?? 16) / (video.height ?? 9)}
            frameRate={video.frame_rate ?? USUAL_RATE}
          />
        )}
      </Player>
    )
  }
  if (image) {
    return (
      <Picture src={image.url} alt={label} className={styles.still}>
        {take.drawing && (
          <DrawingOver
            key={take.id}
            drawing={take.drawing}
            shape={(image.width ?? 16) / (image.height ?? 9)}
            frameRate={USUAL_RATE}
          />
        )}
      </Picture>
    )
  }
  if (isUnderWay(take.job)) return <Making take={take} onCancel={() => onCancel(take)} />
  return (
    <div className={styles.room}>
      <Reason job={take.job} {...(onRetry && { onRetry: () => onRetry(take) })} />
    </div>
  )
}

function Making({ take, onCancel }: { take: Take; onCancel(): void }) {
  const { t } = useWords()
  const { job } = take
  const look = useLook(job)
  const state = standing(job)
  return (
    <div className={styles.room}>
      {look.previewUrl && <img className={styles.preview} src={look.previewUrl} alt="" />}
      <div className={styles.making}>
        <p className={styles.words} role="status">
          {job.state === 'running' && state !== 'cancelling' ? look.words : t(`film.job.${state}`)}
          {job.state === 'queued' &&
            job.ahead !== null &&
            `${t('common.between')}${t('film.ahead', { count: job.ahead })}`}
        </p>
        {job.state === 'running' && <Progress fraction={look.fraction} label={look.words} />}
        <Button isSmall weight="over" disabled={job.is_cancel_asked} onClick={onCancel}>
          {t('common.cancel')}
        </Button>
      </div>
    </div>
  )
}
