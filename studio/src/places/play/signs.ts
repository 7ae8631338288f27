/** How actions are drawn, and which keys do them. */
import type { IconName } from '../../parts/Icon'
import type { Action } from './turn'

export const SIGNS: Record<Action, IconName> = {
  left: 'arrowLeft',
  right: 'arrowRight',
  away: 'arrowUp',
  towards: 'arrowDown',
  jump: 'jump',
  'camera left': 'turnLeft',
  'camera right': 'turnRight',
}
export const KEYS: Record<Action, string> = {
  left: 'ArrowLeft',
  right: 'ArrowRight',
  away: 'ArrowUp',
  towards: 'ArrowDown',
  jump: ' ',
  'camera left': 'a',
  'camera right': 'd',
}
const CODES: Record<string, Action> = {
  ArrowLeft: 'left',
  ArrowRight: 'right',
  ArrowUp: 'away',
  ArrowDown: 'towards',
  Space: 'jump',
  KeyA: 'camera left',
  KeyD: 'camera right',
}

/** By the place of the key, whatever the keyboard writes there. */
export function actionOf(event: KeyboardEvent): Action | null {
  return CODES[event.code] ?? null
}
