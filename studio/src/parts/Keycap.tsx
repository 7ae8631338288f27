/** A key as it stands on a keyboard. */
import styles from './Keycap.module.css'

const SIGNS: Record<string, string> = {
  ArrowUp: '↑',
  ArrowDown: '↓',
  ArrowLeft: '←',
  ArrowRight: '→',
  Enter: '⏎',
  Escape: 'Esc',
  Delete: 'Del',
  ' ': '␣',
  Shift: '⇧',
  Alt: 'Alt',
  Mod: 'Ctrl',
}

export function Keycap({ keys }: { keys: string }) {
  return (
    <span className={styles.cap}>
      {partsOf(keys).map((part) => (
        <kbd key={part}>{SIGNS[part] ?? (part.length === 1 ? part.toUpperCase() : part)}</kbd>
      ))}
    </span>
  )
}

/** `Mod+Enter` as its parts; a plus alone is itself. */
export function partsOf(keys: string): string[] {
  return keys === '+' ? ['+'] : keys.split('+')
}
