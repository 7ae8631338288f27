/** From other parts of a place into the composer that stands in it: what is pressed there, and not dragged. */
import { useEffect, useRef } from 'react'
import type { Thing } from './things'

export interface Point {
  x: number
  y: number
}
type Taker = (thing: Thing, point: Point) => void

let taker: { current: Taker } | null = null

/** Hands a thing to the composer, which asks at the point what becomes of it. */
export function hand(thing: Thing, point: Point): void {
  taker?.current(thing, point)
}

export function useHanded(take: Taker): void {
  const latest = useRef(take)
  latest.current = take
  useEffect(() => {
    taker = latest
    return () => {
      if (taker === latest) taker = null
    }
  }, [])
}
