/** One that runs or waits: what it is of, how far it is, and what can be done with it. */
import type { Queued } from '../../api/types'
import { IconButton } from '../../parts/Button'
import { Icon } from '../../parts/Icon'
import type { Dragging, Reorder } from '../../parts/reorder'
import { useWords } from '../../words/words'
import { shapeOf } from '../common/jobs'
import { JobMark } from '../common/State'
import { TakePicture, useLook } from '../common/TakePicture'
import { Of } from './Of'
import styles from './QueueRow.module.css'

interface QueueRowProps {
  item: Queued
  showsTenant: boolean
  dragging: Dragging | null
  grip: ReturnType<Reorder['grip']>
  onCurrent(): void
  onHold(): void
  onCancel(): void
}

export function QueueRow({ item, showsTenant, dragging, grip, onCurrent, onHold, onCancel }: QueueRowProps) {
  const { t } = useWords()
  const { job } = item
  const look = useLook(job)
  const waits = job.state === 'queued'
  return (
    <li
      className={styles.row}
      data-row={job.id}
      data-dragged={dragging?.id === job.id || undefined}
      data-target={(dragging !== null && dragging.before === job.id) || undefined}
      // biome-ignore lint/a11y/noNoninteractiveTabindex: arrow keys go from row to row
      tabIndex={0}
      onFocus={onCurrent}
    >
      <span
        className={styles.grip}
        {...(waits && grip)}
        data-waits={waits || undefined}
        title={t('queue.drag')}
      >
        {waits && <Icon name="grip" size={14} />}
      </span>
      <div className={styles.picture}>
        <TakePicture job={job} alt="" shape={shapeOf([], job.canvas)} isTold />
      </div>
      <Of item={item} showsTenant={showsTenant} />
      <div className={styles.state}>
        <JobMark job={job} />
        <span className={styles.more}>
          {job.state === 'running'
            ? look.words
            : job.ahead !== null && !job.is_held && t('film.ahead', { count: job.ahead })}
        </span>
      </div>
      <div className={styles.acts}>
        {waits && (
          <IconButton
            icon={job.is_held ? 'play' : 'pause'}
            label={t(job.is_held ? 'queue.release' : 'queue.hold')}
            hotkey="h"
            onClick={onHold}
          />
        )}
        <IconButton
          icon="close"
          label={t('common.cancel')}
          hotkey="Delete"
          disabled={job.is_cancel_asked}
          onClick={onCancel}
        />
      </div>
    </li>
  )
}
