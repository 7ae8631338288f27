/** One that failed: why, and another try. */
import { useSteer } from '../../api/queue'
import type { Job } from '../../api/types'
import { useWords } from '../../words/words'
import { useTellProblem } from '../common/Problem'
import { Reason } from '../common/Reason'
import styles from './QueueRow.module.css'

export function FailedRow({ job }: { job: Job }) {
  const { since } = useWords()
  const tell = useTellProblem()
  const steer = useSteer()
  return (
    <li className={styles.failed}>
      <p className={styles.failedOf}>
        <bdi>{job.canvas.prompt || job.model}</bdi>
        <small>{since(job.ended_at ?? job.created_at)}</small>
      </p>
      <Reason job={job} onRetry={() => steer.mutate({ id: job.id, act: 'retry' }, { onError: tell })} />
    </li>
  )
}
