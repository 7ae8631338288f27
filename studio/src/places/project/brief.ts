/** Holds a brief while it is written, and keeps it on the server: late, again and again until it is there. */
import { ApiError, mayBeTaken } from '../../api/errors'
import type { Project } from '../../api/types'

export type Standing = 'kept' | 'waiting' | 'away' | 'refused' | 'contested'

/** A brief as the server has it. */
export interface Seen {
  text: string
  version: number
}

export interface Held {
  text: string
  standing: Standing
  /** Why the server refused it. */
  error: unknown
}

/** What was written, and upon what. */
export interface Unsent {
  text: string
  base: string
}

export interface Server {
  change(text: string, version: number): Promise<Seen>
  look(): Promise<Seen>
}

/** Holds it where a reload of the page does not reach. */
export interface Drawer {
  recall(): Unsent | null
  hold(unsent: Unsent | null): void
}

export const WAIT = 700
const LONGEST_WAIT = 15_000

export class BriefKeeper {
  #seen: Seen
  #own: Unsent | null
  #held: Held
  #later: ReturnType<typeof setTimeout> | undefined
  #sending: Promise<void> | null = null
  #failures = 0
  readonly #watchers = new Set<() => void>()

  constructor(
    seen: Seen,
    private readonly server: Server,
    private readonly drawer: Drawer,
  ) {
    this.#seen = seen
    this.#own = drawer.recall()
    this.#held = { text: this.#own?.text ?? seen.text, standing: 'kept', error: null }
    this.#compare()
  }

  get held(): Held {
    return this.#held
  }

  watch = (watcher: () => void): (() => void) => {
    this.#watchers.add(watcher)
    return () => this.#watchers.delete(watcher)
  }

  write = (text: string): void => {
    this.#own = { text, base: this.#own?.base ?? this.#seen.text }
    this.#compare()
  }

  /** The brief as the server has it now; where nobody writes here, it is shown. */
  see(seen: Seen): void {
    if (seen.version <= this.#seen.version || this.#sending !== null) return
    this.#seen = seen
    this.#compare()
  }

  /** Where somebody else wrote meanwhile: goes on with mine, or with theirs. */
  settle(whose: 'mine' | 'theirs'): void {
    this.#own = whose === 'mine' && this.#own !== null ? { ...this.#own, base: this.#seen.text } : null
    this.#compare(0)
  }

  /** Sends at once what waits to be sent. */
  hurry(): void {
    if (this.#held.standing === 'waiting') this.#push(0)
  }

  /** What comes of what is written here and what the server has. */
  #compare(wait: number = WAIT): void {
    const own = this.#own
    const { text } = this.#seen
    if (own === null || own.text === text) {
      clearTimeout(this.#later)
      this.#own = null
      this.#tell({ text, standing: 'kept', error: null })
    } else if (own.base !== text) {
      clearTimeout(this.#later)
      this.#tell({ text: own.text, standing: 'contested', error: null })
    } else {
      this.#tell({ text: own.text, standing: 'waiting', error: null })
      this.#push(wait)
    }
  }

  #push(wait: number): void {
    clearTimeout(this.#later)
    this.#later = setTimeout(() => void this.#send(), wait)
  }

  async #send(): Promise<void> {
    await this.#sending
    if (this.#own === null) return
    this.#sending = this.#sendOnce(this.#own.text)
    await this.#sending
    this.#sending = null
  }

  async #sendOnce(text: string): Promise<void> {
    try {
      this.#seen = await this.server.change(text, this.#seen.version)
    } catch (error) {
      return this.#failed(error)
    }
    this.#failures = 0
    if (this.#own !== null)
      this.#own = this.#own.text === text ? null : { ...this.#own, base: this.#seen.text }
    this.#compare()
  }

  async #failed(error: unknown): Promise<void> {
    if (error instanceof ApiError && error.status === 409) {
      try {
        this.#seen = await this.server.look()
        this.#compare(0)
      } catch (again) {
        await this.#failed(again)
      }
    } else if (mayBeTaken(error)) {
      this.#tell({ ...this.#held, standing: 'away', error })
      this.#push(Math.min(LONGEST_WAIT, 1_000 * 2 ** this.#failures++))
    } else this.#tell({ ...this.#held, standing: 'refused', error })
  }

  #tell(held: Held): void {
    this.#held = held
    this.drawer.hold(this.#own)
    for (const watcher of this.#watchers) watcher()
  }
}

export function seenOf({ brief, version }: Pick<Project, 'brief' | 'version'>): Seen {
  return { text: brief.text, version }
}
