/** Whether a camera path can be gone: what is known lies before what is made, or after it. Else words have to do. */
import type { Draft } from './draft'

export function leavesCameraFree({
  pins,
  source,
  isLoop,
}: Pick<Draft, 'pins' | 'source' | 'isLoop'>): boolean {
  if (isLoop) return false
  if (source !== null && source.role !== 'after' && source.role !== 'before') return false
  return pins.length === 0 || (source === null && pins.every((pin) => pin.at === 0))
}
