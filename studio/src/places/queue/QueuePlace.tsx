/** Everything that runs or waits, in the order in which it is taken; and what lately failed or was made. */
import { useRef, useState } from 'react'
import { useEnded, useMoveJob, useQueue, useSteer } from '../../api/queue'
import { useMe } from '../../api/session'
import type { Job, Queued } from '../../api/types'
import { EmptyState } from '../../parts/EmptyState'
import { useHotkeys } from '../../parts/keys'
import { neighbour, useReorder } from '../../parts/reorder'
import { Segmented } from '../../parts/Segmented'
import { useWords } from '../../words/words'
import { Head } from '../common/Head'
import { Problem, useTellProblem } from '../common/Problem'
import { Wait } from '../common/Wait'
import { FailedRow } from './FailedRow'
import { MadeRow } from './MadeRow'
import styles from './QueuePlace.module.css'
import { QueueRow } from './QueueRow'

export function QueuePlace() {
  const { t } = useWords()
  const isAdmin = useMe().data?.scopes.includes('admin') ?? false
  const [all, setAll] = useState(false)
  const queue = useQueue(all)
  const failed = useEnded('failed', all).data ?? []
  const made = useEnded('succeeded', all).data ?? []
  return (
    <>
      <Head
        title={t('queue.title')}
        acts={
          isAdmin && (
            <Segmented
              isSmall
              label={t('queue.whose')}
              value={all ? 'all' : 'mine'}
              onChange={(whose) => setAll(whose === 'all')}
              segments={[
                { value: 'mine', label: t('queue.mine') },
                { value: 'all', label: t('queue.all') },
              ]}
            />
          )
        }
      />
      {queue.data?.items.length === 0 && (
        <EmptyState icon="queue" title={t('queue.empty')} more={t('queue.empty.more')} />
      )}
      <div className={styles.place}>
        {queue.isPending && <Wait />}
        {queue.error && <Problem error={queue.error} onRetry={() => void queue.refetch()} />}
        {queue.data && queue.data.items.length > 0 && <Rows items={queue.data.items} isAll={all} />}
        {failed.length > 0 && (
          <section aria-label={t('queue.failed')}>
            <h2 className={styles.title}>{t('queue.failed')}</h2>
            <ul className={styles.list}>
              {failed.map((item) => (
                <FailedRow key={item.job.id} item={item} isAll={all} />
              ))}
            </ul>
          </section>
        )}
        {made.length > 0 && (
          <section aria-label={t('queue.made')}>
            <h2 className={styles.title}>{t('queue.made')}</h2>
            <ul className={styles.list}>
              {made.map((item) => (
                <MadeRow key={item.job.id} item={item} isAll={all} />
              ))}
            </ul>
          </section>
        )}
      </div>
    </>
  )
}

function Rows({ items, isAll }: { items: Queued[]; isAll: boolean }) {
  const { t } = useWords()
  const tell = useTellProblem()
  const list = useRef<HTMLOListElement>(null)
  const steer = useSteer(isAll)
  const move = useMoveJob(isAll)
  const [currentId, setCurrent] = useState<string | null>(null)
  const ids = items.map((item) => item.job.id)
  const waiting = items.filter((item) => item.job.state === 'queued').map((item) => item.job.id)
  const current = items.find((item) => item.job.id === currentId)?.job

  const put = (id: string, before: string | null) => {
    // one that runs is not passed: before it means before the first that waits
    const target = before !== null && !waiting.includes(before) ? (waiting[0] ?? null) : before
    if (target !== id) move.mutate({ id, before: target }, { onError: tell })
  }
  const reorder = useReorder(list, put)
  const cancel = (job: Job) => steer.mutate({ id: job.id, act: 'cancel' }, { onError: tell })
  const hold = (job: Job) =>
    steer.mutate({ id: job.id, act: job.is_held ? 'release' : 'hold' }, { onError: tell })
  const step = (by: -1 | 1) => {
    const next = ids[current ? ids.indexOf(current.id) + by : 0]
    list.current?.querySelector<HTMLElement>(`[data-row="${next}"]`)?.focus()
  }
  const shift = (by: -1 | 1) => {
    if (current === undefined) return
    const before = neighbour(waiting, current.id, by)
    if (before !== undefined) put(current.id, before)
  }
  const waits = current?.state === 'queued'
  useHotkeys(t('queue.title'), [
    { keys: 'ArrowDown', label: t('queue.keys.next'), run: () => step(1) },
    { keys: 'ArrowUp', label: t('queue.keys.previous'), run: () => step(-1) },
    { keys: 'Alt+ArrowUp', label: t('queue.sooner'), run: () => shift(-1), isOff: !waits },
    { keys: 'Alt+ArrowDown', label: t('queue.later'), run: () => shift(1), isOff: !waits },
    { keys: 'h', label: t('queue.hold'), run: () => current && hold(current), isOff: !waits },
    { keys: 'Delete', label: t('common.cancel'), run: () => current && cancel(current), isOff: !current },
  ])
  return (
    <ol ref={list} className={styles.list}>
      {items.map((item) => (
        <QueueRow
          key={item.job.id}
          item={item}
          showsTenant={isAll}
          dragging={reorder.dragging}
          grip={reorder.grip(item.job.id)}
          onCurrent={() => setCurrent(item.job.id)}
          onHold={() => hold(item.job)}
          onCancel={() => cancel(item.job)}
        />
      ))}
      <li
        className={styles.end}
        data-target={reorder.dragging?.before === null || undefined}
        aria-hidden="true"
      />
    </ol>
  )
}
