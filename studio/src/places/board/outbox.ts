/** Holds what was done on one board: it is seen at once, and sent, one act after the other, until the server has it. */
import { mayBeTaken } from '../../api/errors'
import type { BoardDone } from '../../api/types'
import { hold, recall } from '../../api/unsent'
import type { Act } from './acts'
import { arrived, EMPTY, type History, refused } from './history'

export interface Server {
  send(act: Act): Promise<BoardDone>
}
/** Where what is not on the server yet outlives a reload. */
export interface Shelf {
  read(): readonly Act[]
  keep(acts: readonly Act[]): void
}
export interface Hearers {
  onArrived(act: Act, done: BoardDone): void | Promise<void>
  onRefused(error: unknown): void
  /** Nothing is left to be sent. */
  onRest(): void
}
export interface Held {
  history: History
  /** The server is not reached: it is tried again and again. */
  isAway: boolean
}

const FIRST_WAIT = 1_000
const LONGEST_WAIT = 15_000

export class Outbox {
  hearers: Hearers | null = null
  #held: Held
  #writing: Act | null = null
  #isSending = false
  #failures = 0
  #later: ReturnType<typeof setTimeout> | undefined
  readonly #watchers = new Set<() => void>()

  constructor(
    private readonly server: Server,
    private readonly shelf: Shelf,
  ) {
    this.#held = { history: { ...EMPTY, sending: shelf.read() }, isAway: false }
  }

  get held(): Held {
    return this.#held
  }

  watch = (watcher: () => void): (() => void) => {
    this.#watchers.add(watcher)
    return () => this.#watchers.delete(watcher)
  }

  change(next: (history: History) => History): void {
    const history = next(this.#held.history)
    if (history === this.#held.history) return
    this.#tell({ history })
    void this.send()
  }

  /** What is done as soon as a person has written it, and kept while it is written; null: nothing is. */
  write(act: Act | null): void {
    if (act === this.#writing) return
    this.#writing = act
    this.#keep()
  }

  /** Sends what waits, at once. */
  send = async (): Promise<void> => {
    clearTimeout(this.#later)
    if (this.#isSending) return
    this.#isSending = true
    try {
      while (await this.#sendNext());
    } finally {
      this.#isSending = false
    }
  }

  /** Whether another may follow. */
  async #sendNext(): Promise<boolean> {
    const act = this.#held.history.sending[0]
    if (act === undefined) {
      this.hearers?.onRest()
      return this.#held.history.sending.length > 0
    }
    try {
      const done = await this.server.send(act)
      await this.hearers?.onArrived(act, done)
      this.#failures = 0
      this.#tell({ history: arrived(this.#held.history), isAway: false })
    } catch (error) {
      if (mayBeTaken(error)) {
        this.#tell({ isAway: true })
        const wait = Math.min(LONGEST_WAIT, FIRST_WAIT * 2 ** this.#failures++)
        this.#later = setTimeout(() => void this.send(), wait)
        return false
      }
      this.#tell({ history: refused(this.#held.history), isAway: false })
      this.hearers?.onRefused(error)
    }
    return true
  }

  #tell(change: Partial<Held>): void {
    const before = this.#held.history.sending
    this.#held = { ...this.#held, ...change }
    if (this.#held.history.sending !== before) this.#keep()
    for (const watcher of this.#watchers) watcher()
  }

  #keep(): void {
    const { sending } = this.#held.history
    this.shelf.keep(this.#writing === null ? sending : [...sending, this.#writing])
  }
}

/** A shelf that outlives the tab. */
export function shelfOf(projectId: string): Shelf {
  const name = `board ${projectId}`
  return {
    read: () => recall<{ acts: readonly Act[] }>(name)?.acts ?? [],
    keep: (acts) => hold(name, acts.length === 0 ? null : { acts }),
  }
}
