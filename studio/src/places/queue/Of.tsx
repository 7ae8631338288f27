/** What a job is of: the take of a shot, with the way there; or that it was made outside of the studio. */
import { Link } from 'wouter'
import { useMe } from '../../api/session'
import type { Queued } from '../../api/types'
import { useWords } from '../../words/words'
import styles from './QueueRow.module.css'

export function Of({ item, showsTenant }: { item: Queued; showsTenant: boolean }) {
  const { t, named } = useWords()
  const { job, take } = item
  const mine = useMe().data?.tenant.name
  // what is another's project is not there for me, also where I may see what it waits for
  const isMine = item.tenant_name === null || item.tenant_name === mine
  const name =
    take === null ? (
      t('queue.outside', { name: named('queue.dialect', job.dialect) })
    ) : (
      <>
        <bdi>{take.project_name}</bdi>
        {[
          '',
          t('film.shot', { number: take.shot_number }),
          t('film.take', { number: take.number }),
          t(`film.kind.${take.kind}`),
        ].join(t('common.between'))}
      </>
    )
  return (
    <div className={styles.what}>
      {take !== null && isMine ? (
        <Link
          className={styles.of}
          href={`/projects/${take.project_id}/shots/${take.shot_id}?take=${job.id}`}
        >
          {name}
        </Link>
      ) : (
        <span className={styles.of}>{name}</span>
      )}
      <p className={styles.prompt} dir="auto">
        {job.canvas.prompt}
      </p>
      {showsTenant && item.tenant_name && (
        <p className={styles.more}>
          <bdi>{item.tenant_name}</bdi>
        </p>
      )}
    </div>
  )
}
