/** Recording a turn: it begins with the first key and ends after so many frames. */
import { useCallback, useEffect, useRef, useState } from 'react'
import { type Action, type Frame, framesOf, type Press } from './turn'

export interface Turn {
  /** What is recorded so far; null: nothing is. */
  frames: readonly Frame[] | null
  held: ReadonlySet<Action>
  press(action: Action): void
  release(action: Action): void
}

interface Wanted {
  count: number
  frameRate: number
  isOff: boolean
  onDone(frames: Frame[]): void
}

export function useTurn(wanted: Wanted): Turn {
  const latest = useRef(wanted)
  latest.current = wanted
  const began = useRef<number | null>(null)
  const presses = useRef<Press[]>([])
  const [frames, setFrames] = useState<readonly Frame[] | null>(null)
  const [held, setHeld] = useState<ReadonlySet<Action>>(new Set())
  const holding = useRef(new Set<Action>())
  const ticking = useRef(0)

  const tick = useCallback(() => {
    const { count, frameRate, onDone } = latest.current
    if (began.current === null) return
    const passed = Math.floor(((performance.now() - began.current) * frameRate) / 1000)
    const done = framesOf(presses.current, Math.min(passed, count), frameRate)
    if (passed < count) {
      setFrames((before) => (before?.length === done.length ? before : done))
      ticking.current = requestAnimationFrame(tick)
      return
    }
    began.current = null
    setFrames(null)
    onDone(done)
  }, [])
  useEffect(() => () => cancelAnimationFrame(ticking.current), [])

  const note = useCallback(
    (action: Action, isDown: boolean) => {
      if (holding.current.has(action) === isDown || (isDown && latest.current.isOff)) return
      if (isDown) holding.current.add(action)
      else holding.current.delete(action)
      setHeld(new Set(holding.current))
      if (began.current === null) {
        if (!isDown) return
        began.current = performance.now()
        presses.current = []
        setFrames([])
        ticking.current = requestAnimationFrame(tick)
      }
      presses.current.push({ at: performance.now() - began.current, action, isDown })
    },
    [tick],
  )
  return {
    frames,
    held,
    press: useCallback((action) => note(action, true), [note]),
    release: useCallback((action) => note(action, false), [note]),
  }
}
