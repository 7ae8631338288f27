/** Words that are kept once a person pauses; those of somebody else are shown unless one is writing. */
import { useEffect, useRef, useState } from 'react'

const QUIET_MS = 700

interface Kept {
  text: string
  write(text: string): void
  /** Whether what was written is not kept yet. */
  isAhead: boolean
}

export function useKept(kept: string, keep: (text: string) => void): Kept {
  const [own, setOwn] = useState<string | null>(null)
  const latest = useRef({ own, kept, keep })
  latest.current = { own, kept, keep }
  useEffect(() => {
    if (own === kept) setOwn(null)
    if (own === null || own === kept) return
    const later = setTimeout(() => latest.current.keep(own), QUIET_MS)
    return () => clearTimeout(later)
  }, [own, kept])
  useEffect(
    () => () => {
      const { own, kept, keep } = latest.current
      if (own !== null && own !== kept) keep(own)
    },
    [],
  )
  return { text: own ?? kept, write: setOwn, isAhead: own !== null && own !== kept }
}
