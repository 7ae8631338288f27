/** A board that is worked on: acts are seen at once and sent one after the other; what the server tells goes below them. */
import { useQueryClient } from '@tanstack/react-query'
import { useCallback, useMemo, useRef, useState } from 'react'
import { useBoardItems } from '../../api/board'
import { KEYS } from '../../api/keys'
import type { BoardItem } from '../../api/types'
import { useTellProblem } from '../common/Problem'
import { type Act, applied, isNothing } from './acts'
import { arrived, did, EMPTY, type History, named, redo, refused, shown, undo } from './history'
import { type Put, sendAct } from './sending'

export interface Board {
  items: readonly BoardItem[]
  isKnown: boolean
  error: unknown
  again(): void
  act(act: Act): void
  undo(): void
  redo(): void
  canUndo: boolean
  canRedo: boolean
}

/** `onNamed` hears which id an item has once the server knows it. */
export function useBoard(projectId: string, onNamed: (from: string, to: string) => void): Board {
  const client = useQueryClient()
  const tell = useTellProblem()
  const told = useBoardItems(projectId)
  const [history, setHistory] = useState<History>(EMPTY)
  const latest = useRef<History>(EMPTY)
  const isSending = useRef(false)
  const hearers = useRef({ tell, onNamed })
  hearers.current = { tell, onNamed }

  const keep = useCallback((next: History) => {
    latest.current = next
    setHistory(next)
  }, [])

  const send = useCallback(async () => {
    if (isSending.current) return
    isSending.current = true
    const key = KEYS.board(projectId)
    const onPut = ({ id, told }: Put) => {
      keep(named(latest.current, id, told.id))
      client.setQueryData<BoardItem[]>(key, (items) => items && [...items.filter(isNot(told.id)), told])
      hearers.current.onNamed(id, told.id)
    }
    for (;;) {
      const act = latest.current.sending[0]
      if (act === undefined) break
      try {
        await sendAct(projectId, act, onPut)
        await client.cancelQueries({ queryKey: key }) // an answer on its way is older than this
        const done = latest.current.sending[0] ?? act
        client.setQueryData<BoardItem[]>(key, (items) => items && [...applied(items, done)])
        keep(arrived(latest.current))
      } catch (error) {
        keep(refused(latest.current))
        hearers.current.tell(error)
      }
      if (act.shots.length > 0) void client.invalidateQueries({ queryKey: KEYS.project(projectId) })
    }
    isSending.current = false
    void client.invalidateQueries({ queryKey: key })
  }, [client, keep, projectId])

  const go = useCallback(
    (next: History) => {
      if (next === latest.current) return
      keep(next)
      void send()
    },
    [keep, send],
  )

  const items = useMemo(() => shown(told.data ?? [], history), [told.data, history])
  return {
    items,
    isKnown: told.data !== undefined,
    error: told.error,
    again: () => void told.refetch(),
    act: useCallback((act) => !isNothing(act) && go(did(latest.current, act)), [go]),
    undo: useCallback(() => go(undo(latest.current)), [go]),
    redo: useCallback(() => go(redo(latest.current)), [go]),
    canUndo: history.past.length > 0,
    canRedo: history.future.length > 0,
  }
}

function isNot(id: string): (item: BoardItem) => boolean {
  return (item) => item.id !== id
}
