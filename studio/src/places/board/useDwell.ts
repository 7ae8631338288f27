/** What is carried and rests over something opens it, so that one drag goes on in another place. */
import { type DragEvent, useEffect, useRef } from 'react'
import { distance, type Point } from './plane'

export const DWELL_MS = 900
/** Points of the screen; what moves farther does not rest. */
const STEADY = 8

export function useDwell(onOpen: () => void) {
  const resting = useRef<{ at: Point; until: ReturnType<typeof setTimeout> } | null>(null)
  const latest = useRef(onOpen)
  latest.current = onOpen
  const leave = () => {
    clearTimeout(resting.current?.until)
    resting.current = null
  }
  useEffect(() => () => clearTimeout(resting.current?.until), [])
  return {
    over: ({ clientX, clientY }: Pick<DragEvent, 'clientX' | 'clientY'>) => {
      const at = { x: clientX, y: clientY }
      if (resting.current !== null && distance(resting.current.at, at) <= STEADY) return
      leave()
      resting.current = { at, until: setTimeout(() => latest.current(), DWELL_MS) }
    },
    leave,
  }
}
