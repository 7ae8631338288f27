/** A board that is worked on: acts are seen at once and sent one after the other; what the server tells goes below them. */
import { type QueryClient, useQueryClient } from '@tanstack/react-query'
import { useCallback, useEffect, useMemo, useSyncExternalStore } from 'react'
import { useBoardItems } from '../../api/board'
import { KEYS } from '../../api/keys'
import type { BoardDone, BoardItem } from '../../api/types'
import { notify } from '../../parts/Toast'
import { useWords } from '../../words/words'
import { useTellProblem } from '../common/Problem'
import { type Act, applied, changing, isNothing } from './acts'
import { did, redo, shown, undo } from './history'
import { Outbox, shelfOf } from './outbox'
import { sendAct } from './sending'

export interface Board {
  items: readonly BoardItem[]
  isKnown: boolean
  error: unknown
  again(): void
  act(act: Act): void
  /** What is to be done once a person has written it; null: nothing is written. */
  write(act: Act | null): void
  undo(): void
  redo(): void
  canUndo: boolean
  canRedo: boolean
  /** So many acts wait for a server that is not reached. */
  waiting: number
}

/** One for each board in this tab, so that what is not on the server yet, and what can be undone, outlives the place. */
const outboxes = new Map<string, Outbox>()

export function useBoard(projectId: string): Board {
  const told = useBoardItems(projectId)
  const outbox = useMemo(() => outboxOf(projectId), [projectId])
  const { history, isAway } = useSyncExternalStore(outbox.watch, () => outbox.held)
  useHearing(outbox, projectId)
  const items = useMemo(() => shown(told.data ?? [], history), [told.data, history])
  return {
    items,
    isKnown: told.data !== undefined,
    error: told.error,
    again: () => void told.refetch(),
    act: useCallback((act) => !isNothing(act) && outbox.change((now) => did(now, act)), [outbox]),
    write: useCallback((act) => outbox.write(act === null || isNothing(act) ? null : act), [outbox]),
    undo: useCallback(() => outbox.change(undo), [outbox]),
    redo: useCallback(() => outbox.change(redo), [outbox]),
    canUndo: history.past.length > 0,
    canRedo: history.future.length > 0,
    waiting: isAway ? history.sending.length : 0,
  }
}

function outboxOf(projectId: string): Outbox {
  const known = outboxes.get(projectId)
  if (known !== undefined) return known
  const made = new Outbox({ send: (act) => sendAct(projectId, act) }, shelfOf(projectId))
  outboxes.set(projectId, made)
  return made
}

function useHearing(outbox: Outbox, projectId: string): void {
  const client = useQueryClient()
  const tell = useTellProblem()
  const { t } = useWords()
  outbox.hearers = {
    onArrived: async (act, done) => {
      await put(client, projectId, act, done)
      if (act.shots.length > 0) void client.invalidateQueries({ queryKey: KEYS.project(projectId) })
      const mine = act.items.flatMap(({ id, after }) => (done.contested.includes(id) && after ? [after] : []))
      const theirs = done.items.filter((item) => done.contested.includes(item.id))
      if (mine.length > 0) contested(mine, theirs)
    },
    onRefused: tell,
    onRest: () => void client.invalidateQueries({ queryKey: KEYS.board(projectId) }),
  }
  const contested = (mine: readonly BoardItem[], theirs: readonly BoardItem[]) => {
    const texts = new Map(mine.map((item) => [item.id, item.text]))
    const run = () =>
      outbox.change((now) =>
        did(
          now,
          changing(theirs, (item) => ({ text: texts.get(item.id) ?? '' })),
        ),
      )
    notify({
      title: t('errors.conflict'),
      more: t('errors.conflict.mine'),
      isGrave: true,
      act: { label: t('errors.conflict.keep'), run },
    })
  }
  useEffect(() => {
    const warn = (event: BeforeUnloadEvent) => {
      if (outbox.held.isAway) event.preventDefault()
    }
    void outbox.send()
    addEventListener('online', outbox.send)
    addEventListener('beforeunload', warn)
    return () => {
      removeEventListener('online', outbox.send)
      removeEventListener('beforeunload', warn)
    }
  }, [outbox])
}

/** What is known of the board, after an act. */
async function put(client: QueryClient, projectId: string, act: Act, { items }: BoardDone): Promise<void> {
  const key = KEYS.board(projectId)
  await client.cancelQueries({ queryKey: key }) // an answer on its way is older than this
  const told = new Map(items.map((item) => [item.id, item]))
  client.setQueryData<BoardItem[]>(key, (known) =>
    known ? applied(known, act).map((item) => told.get(item.id) ?? item) : undefined,
  )
}
