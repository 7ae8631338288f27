/** The drawing of a take over its picture, which is letter-boxed in its room. */
import type { Drawing } from '../../api/types'
import styles from './DrawingOver.module.css'
import { Marks } from './Marks'

export function DrawingOver({ drawing, shape }: { drawing: Drawing; shape: number }) {
  return (
    <div className={styles.room}>
      <div className={styles.picture} style={{ aspectRatio: String(shape) }}>
        <Marks marks={drawing.marks} shape={shape} />
      </div>
    </div>
  )
}
