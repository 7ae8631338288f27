/** Where on a frame a hand is, and where arrow keys lead; frames are never mirrored, whichever way words run. */
import { inside, type Point } from './marks'

/** Of what a frame fills, in shares of it; what is beside it counts as its edge. */
export function pointOn(frame: Element | null, event: { clientX: number; clientY: number }): Point {
  const room = frame?.getBoundingClientRect() ?? new DOMRect(0, 0, 1, 1)
  return [inside((event.clientX - room.left) / room.width), inside((event.clientY - room.top) / room.height)]
}

/** One step of an arrow key; undefined: it is another key. */
export function stepOf(key: string, step: number): Point | undefined {
  const ways: Record<string, Point> = {
    ArrowLeft: [-step, 0],
    ArrowRight: [step, 0],
    ArrowUp: [0, -step],
    ArrowDown: [0, step],
  }
  return ways[key]
}
