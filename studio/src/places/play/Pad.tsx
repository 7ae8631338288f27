/** The keys of play, to be held by fingers as well. */
import { Icon } from '../../parts/Icon'
import { Keycap } from '../../parts/Keycap'
import { useWords } from '../../words/words'
import styles from './Pad.module.css'
import { KEYS, SIGNS } from './signs'
import { ACTIONS, type Action } from './turn'
import type { Turn } from './useTurn'

export function Pad({ turn, isOff }: { turn: Turn; isOff: boolean }) {
  const { named } = useWords()
  return (
    <div className={styles.pad} dir="ltr">
      {ACTIONS.map((action) => (
        <button
          key={action}
          type="button"
          className={styles.key}
          data-action={action}
          data-held={turn.held.has(action) || undefined}
          aria-label={named('play.action', wordOf(action))}
          title={named('play.action', wordOf(action))}
          disabled={isOff}
          onPointerDown={(event) => {
            event.currentTarget.setPointerCapture(event.pointerId)
            turn.press(action)
          }}
          onPointerUp={() => turn.release(action)}
          onPointerCancel={() => turn.release(action)}
          onContextMenu={(event) => event.preventDefault()}
        >
          <Icon name={SIGNS[action]} size={18} />
          {!KEYS[action].startsWith('Arrow') && <Keycap keys={KEYS[action]} />}
        </button>
      ))}
    </div>
  )
}

/** As the catalogues name it. */
export function wordOf(action: Action): string {
  return action.replace(' ', '_')
}
