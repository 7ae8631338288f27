/** What is written and kept once a person pauses; what somebody else wrote is shown unless one is writing. */
import { useEffect, useRef, useState } from 'react'

const QUIET_MS = 700

interface Kept<Value> {
  value: Value
  write(value: Value): void
  /** Whether what was written is not kept yet. */
  isAhead: boolean
}

export function useKept<Value extends string | number | null>(
  kept: Value,
  keep: (value: Value) => void,
): Kept<Value> {
  const [own, setOwn] = useState<{ value: Value } | null>(null)
  const latest = useRef({ own, kept, keep })
  latest.current = { own, kept, keep }
  useEffect(() => {
    if (own === null) return
    if (own.value === kept) return setOwn(null)
    const later = setTimeout(() => latest.current.keep(own.value), QUIET_MS)
    return () => clearTimeout(later)
  }, [own, kept])
  useEffect(
    () => () => {
      const { own, kept, keep } = latest.current
      if (own !== null && own.value !== kept) keep(own.value)
    },
    [],
  )
  return {
    value: own === null ? kept : own.value,
    write: (value) => setOwn({ value }),
    isAhead: own !== null && own.value !== kept,
  }
}
