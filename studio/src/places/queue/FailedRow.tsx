/** One that failed: what it is of, why, and another try. */
import { useSteer } from '../../api/queue'
import type { Queued } from '../../api/types'
import { useWords } from '../../words/words'
import { useTellProblem } from '../common/Problem'
import { Reason } from '../common/Reason'
import { Of } from './Of'
import styles from './QueueRow.module.css'

export function FailedRow({ item, isAll }: { item: Queued; isAll: boolean }) {
  const { since } = useWords()
  const tell = useTellProblem()
  const steer = useSteer(isAll)
  const { job } = item
  return (
    <li className={styles.failed}>
      <div className={styles.failedOf}>
        <Of item={item} showsTenant={isAll} />
        <small>{since(job.ended_at ?? job.created_at)}</small>
      </div>
      <Reason job={job} onRetry={() => steer.mutate({ id: job.id, act: 'retry' }, { onError: tell })} />
    </li>
  )
}
