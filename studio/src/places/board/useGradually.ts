/** Elements that come a few at a time, so that no frame waits for all of them. */
import { useEffect, useReducer, useRef } from 'react'

const MOST_AT_ONCE = 4

/** Of what should be there: what already is, and a few more each frame. */
export function useGradually<Item extends { id: string }>(items: readonly Item[]): readonly Item[] {
  const there = useRef<ReadonlySet<string>>(new Set())
  const [, again] = useReducer((count: number) => count + 1, 0)
  const shown = some(items, there.current)
  const isAll = shown.length === items.length
  useEffect(() => {
    there.current = new Set(shown.map((item) => item.id))
    if (isAll) return
    const next = requestAnimationFrame(again)
    return () => cancelAnimationFrame(next)
  })
  return shown
}

/** Those that were there, and at most so many others. */
export function some<Item extends { id: string }>(
  items: readonly Item[],
  there: ReadonlySet<string>,
): readonly Item[] {
  let left = MOST_AT_ONCE
  return items.filter((item) => there.has(item.id) || left-- > 0)
}
