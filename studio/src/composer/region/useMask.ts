/** The mask of a region while it is worked on: brought, painted, taken off; and a file again in the end. */
import { useEffect, useRef, useState } from 'react'
import { useDropping } from '../dropping'
import { type Thing, urlOf } from '../things'
import { type Ink, isOfShape, loaded, NO_INK, pictureOf, type Size, type Stroke } from './ink'

export type MaskProblem = { name: 'unread' | 'all' } | { name: 'shape'; mask: Size }

export interface Masking {
  ink: Ink
  /** It lies where this page may not look: it stays as it is, or is taken off. */
  isElsewhere: boolean
  isThere: boolean
  problem: MaskProblem | null
  /** A stroke that a hand is drawing. */
  draw(stroke: Stroke): void
  add(stroke: Stroke): void
  undo(): void
  clear(): void
  bring(thing: Thing): Promise<void>
  /** What a canvas calls it; null: nothing is marked by it; undefined: it cannot be so, and the problem says why. */
  kept(): Promise<string | null | undefined>
}

export function useMask(before: string | null, clip: Size): Masking {
  const { bring: upload } = useDropping()
  const [begun] = useState<Ink>(() => ({ base: before && urlOf(before), strokes: [] }))
  const [ink, setInk] = useState(begun)
  const [drawing, setDrawing] = useState<Stroke | null>(null)
  const [isElsewhere, setElsewhere] = useState(before !== null && begun.base === null)
  const [problem, setProblem] = useState<MaskProblem | null>(null)
  const own = useRef<string | null>(null)
  useEffect(
    () => () => {
      if (own.current !== null) URL.revokeObjectURL(own.current) // of an address that is none of its own it does nothing
    },
    [],
  )

  const put = (next: Ink) => {
    setInk(next)
    setDrawing(null)
    setProblem(null)
  }
  const bring = async ({ from }: Thing) => {
    const url =
      'file' in from ? URL.createObjectURL(from.file) : 'asset' in from ? urlOf(`asset:${from.asset}`) : null
    const picture = url === null ? null : await loaded(url).catch(() => null)
    if (url === null || picture === null) return setProblem({ name: 'unread' })
    const size = { width: picture.naturalWidth, height: picture.naturalHeight }
    if (!isOfShape(size, clip)) return setProblem({ name: 'shape', mask: size })
    own.current = url
    setElsewhere(false)
    put({ base: url, strokes: [] })
  }
  const kept = async () => {
    if (isElsewhere || ink === begun) return before
    if (ink.base === null && ink.strokes.length === 0) return null
    const picture = await pictureOf(ink, clip)
    if (picture === 'none') return null
    if (picture instanceof File)
      return upload({ of: 'picture', name: picture.name, picture: null, from: { file: picture } })
    setProblem({ name: 'all' })
    return undefined
  }
  return {
    ink: drawing === null ? ink : { ...ink, strokes: [...ink.strokes, drawing] },
    isElsewhere,
    isThere: isElsewhere || ink.base !== null || ink.strokes.length > 0,
    problem,
    draw: setDrawing,
    add: (stroke) => put({ ...ink, strokes: [...ink.strokes, stroke] }),
    undo: () => put({ ...ink, strokes: ink.strokes.slice(0, -1) }),
    clear: () => {
      setElsewhere(false)
      put(NO_INK)
    },
    bring,
    kept,
  }
}
