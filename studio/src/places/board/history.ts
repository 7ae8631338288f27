/** What was done on a board in this session, what of it is not on the server yet, and what can be undone. */
import type { BoardItem } from '../../api/types'
import { type Act, applied, undone } from './acts'

export interface History {
  /** Done, and not known to be on the server yet. */
  sending: readonly Act[]
  past: readonly Act[]
  future: readonly Act[]
}

const LONGEST = 200

export const EMPTY: History = { sending: [], past: [], future: [] }

export function did(history: History, act: Act): History {
  return {
    sending: [...history.sending, act],
    past: [...history.past, act].slice(-LONGEST),
    future: [],
  }
}

export function undo(history: History): History {
  const act = history.past.at(-1)
  if (act === undefined) return history
  return {
    sending: [...history.sending, undone(act)],
    past: history.past.slice(0, -1),
    future: [...history.future, act],
  }
}

export function redo(history: History): History {
  const act = history.future.at(-1)
  if (act === undefined) return history
  return {
    sending: [...history.sending, act],
    past: [...history.past, act],
    future: history.future.slice(0, -1),
  }
}

/** The first of what is being sent has arrived. */
export function arrived(history: History): History {
  return { ...history, sending: history.sending.slice(1) }
}

/** The first of what is being sent was refused: it never was. */
export function refused(history: History): History {
  const [act, ...sending] = history.sending
  if (act === undefined) return history
  const isOther = (one: Act) => one !== act
  return { sending, past: history.past.filter(isOther), future: history.future.filter(isOther) }
}

/** The board as it is seen: as the server told it, with what it does not know yet. */
export function shown(items: readonly BoardItem[], history: History): readonly BoardItem[] {
  return history.sending.reduce(applied, items)
}
