/** One that runs or waits: what it is of, how far it is, and what can be done with it. */
import { Link } from 'wouter'
import type { QueueItem } from '../../api/types'
import { IconButton } from '../../parts/Button'
import { Icon } from '../../parts/Icon'
import type { Dragging, Reorder } from '../../parts/reorder'
import { useWords } from '../../words/words'
import { shapeOf } from '../common/jobs'
import { JobMark } from '../common/State'
import { TakePicture, useLook } from '../common/TakePicture'
import styles from './QueueRow.module.css'

interface QueueRowProps {
  item: QueueItem
  showsTenant: boolean
  dragging: Dragging | null
  grip: ReturnType<Reorder['grip']>
  onCurrent(): void
  onHold(): void
  onCancel(): void
}

export function QueueRow({ item, showsTenant, dragging, grip, onCurrent, onHold, onCancel }: QueueRowProps) {
  const { t } = useWords()
  const look = useLook(item)
  const waits = item.state === 'queued'
  const { width = null, height = null } = item.canvas
  return (
    <li
      className={styles.row}
      data-row={item.id}
      data-dragged={dragging?.id === item.id || undefined}
      data-target={(dragging !== null && dragging.before === item.id) || undefined}
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
        <TakePicture job={item} alt="" shape={shapeOf([], { width, height })} />
      </div>
      <What item={item} showsTenant={showsTenant} />
      <div className={styles.state}>
        <JobMark job={item} />
        <span className={styles.more}>
          {item.state === 'running'
            ? look.words
            : item.ahead !== null && !item.is_held && t('film.ahead', { count: item.ahead })}
        </span>
      </div>
      <div className={styles.acts}>
        {waits && (
          <IconButton
            icon={item.is_held ? 'play' : 'pause'}
            label={t(item.is_held ? 'queue.release' : 'queue.hold')}
            hotkey="h"
            onClick={onHold}
          />
        )}
        <IconButton
          icon="close"
          label={t('common.cancel')}
          hotkey="Delete"
          disabled={item.is_cancel_asked}
          onClick={onCancel}
        />
      </div>
    </li>
  )
}

function What({ item, showsTenant }: { item: QueueItem; showsTenant: boolean }) {
  const { t } = useWords()
  const { of } = item
  return (
    <div className={styles.what}>
      {of ? (
        <Link className={styles.of} href={`/projects/${of.project_id}/shots/${of.shot_id}?take=${item.id}`}>
          <bdi>{of.project_name}</bdi> · {t('film.shot', { number: of.shot_number })} ·{' '}
          {t('film.take', { number: of.number })} · {t(`film.kind.${of.kind}`)}
        </Link>
      ) : (
        <span className={styles.of}>{t('queue.by', { name: item.dialect })}</span>
      )}
      <p className={styles.prompt} dir="auto">
        {item.canvas.prompt}
      </p>
      {showsTenant && item.tenant_name && (
        <p className={styles.more}>
          <bdi>{item.tenant_name}</bdi>
        </p>
      )}
    </div>
  )
}
