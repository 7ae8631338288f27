/** Under the strip: the sound that is given, or the one that is made. */
import { idIn, useAsset } from '../../api/assets'
import { Icon } from '../../parts/Icon'
import { useWords } from '../../words/words'
import { useComposing } from '../composing'
import { useDropsOn } from '../dropping'
import styles from './SoundLane.module.css'

export function SoundLane({ view }: { view: number }) {
  const { t, length } = useWords()
  const { draft, span, edit, selected, select } = useComposing()
  const { isOver, drops } = useDropsOn(() => ({ on: 'sound' }))
  const sound = useAsset(draft.sound === null ? null : idIn(draft.sound)).data
  const across = (seconds: number) => `${(100 * Math.min(seconds, view)) / view}%`
  const isMade = draft.source?.role === 'sound_for' || (draft.sound === null && draft.hasSound)
  return (
    <div className={styles.lane} data-over={isOver || undefined} {...drops}>
      {draft.sound !== null ? (
        <button
          type="button"
          className={styles.sound}
          style={{ inlineSize: across(sound?.duration_seconds ?? span.total) }}
          aria-pressed={selected?.kind === 'sound'}
          onClick={() => select({ kind: 'sound' })}
          onKeyDown={(event) => {
            if (event.key !== 'Delete' && event.key !== 'Backspace') return
            event.preventDefault()
            edit({ do: 'set', values: { sound: null } })
          }}
        >
          <Icon name="sound" size={12} />
          <bdi>{sound?.filename ?? t('composer.sound')}</bdi>
          {sound?.duration_seconds && <span>{length(sound.duration_seconds)}</span>}
        </button>
      ) : (
        <span
          className={styles.none}
          style={{ inlineSize: across(span.total) }}
          data-made={isMade || undefined}
        >
          <Icon name={isMade ? 'sound' : 'silent'} size={12} />
          {t(
            isMade
              ? draft.source?.role === 'sound_for'
                ? 'composer.sound.for'
                : 'composer.sound.own'
              : 'composer.silent',
          )}
        </span>
      )}
    </div>
  )
}
