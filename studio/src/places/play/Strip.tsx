/** A strip of time from left to right: a place for each frame of a turn, and what is done in it. */
import { Icon } from '../../parts/Icon'
import { useWords } from '../../words/words'
import styles from './Strip.module.css'
import { SIGNS } from './signs'
import { type Frame, runsOf } from './turn'

interface StripProps {
  count: number
  frames: readonly Frame[]
  isRecording: boolean
}

export function Strip({ count, frames, isRecording }: StripProps) {
  const { t } = useWords()
  return (
    <div
      className={styles.strip}
      dir="ltr"
      role="img"
      aria-label={t('play.strip', { done: frames.length, count })}
      data-recording={isRecording || undefined}
    >
      {runsOf(frames).map(({ action, from, count: length }) => (
        <span
          key={from}
          className={styles.run}
          data-action={action}
          style={{ insetInlineStart: `${(100 * from) / count}%`, inlineSize: `${(100 * length) / count}%` }}
        >
          {action !== 'none' && <Icon name={SIGNS[action]} size={14} />}
        </span>
      ))}
      {isRecording && (
        <span className={styles.now} style={{ insetInlineStart: `${(100 * frames.length) / count}%` }} />
      )}
    </div>
  )
}
