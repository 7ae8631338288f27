/** One that was made: its picture, and what it is of. */
import type { Queued } from '../../api/types'
import { useWords } from '../../words/words'
import { shapeOf } from '../common/jobs'
import { TakePicture } from '../common/TakePicture'
import { Of } from './Of'
import styles from './QueueRow.module.css'

export function MadeRow({ item, isAll }: { item: Queued; isAll: boolean }) {
  const { since } = useWords()
  const { job } = item
  return (
    <li className={styles.made}>
      <div className={styles.picture}>
        <TakePicture job={job} alt="" shape={shapeOf([], job.canvas)} moves />
      </div>
      <Of item={item} showsTenant={isAll} />
      <span className={styles.more}>{since(job.ended_at ?? job.created_at)}</span>
    </li>
  )
}
