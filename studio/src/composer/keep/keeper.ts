/** Holds what stands in the composer of one shot, and keeps it on the server: late, again and again until it is there. */
import { ApiError, mayBeTaken } from '../../api/errors'
import type { Shot, ShotChange } from '../../api/types'
import { fromShot, toShot } from '../draft/canvas'
import type { Draft } from '../draft/draft'
import { type Edit, edited } from '../draft/edits'
import { type Field, isSame, merged } from './merge'

export type Standing = 'kept' | 'waiting' | 'away' | 'refused' | 'contested'

export interface Held {
  draft: Draft
  standing: Standing
  /** Why the server refused it. */
  error: unknown
  /** What somebody else has changed to something else meanwhile. */
  contested: readonly Field[]
}

export interface Server {
  change(id: string, change: ShotChange): Promise<Shot>
  look(id: string): Promise<Shot>
}

/** What was written and is not on the server yet, with what it was written upon. */
export interface Unsent {
  base: Draft
  version: number
  draft: Draft
}

/** Holds it where a reload of the page does not reach. */
export interface Drawer {
  recall(shotId: string): Unsent | null
  hold(shotId: string, unsent: Unsent | null): void
}

export const WAIT = 700
const LONGEST_WAIT = 15_000

export class Keeper {
  #held: Held
  /** What the server has, as far as is known. */
  #base: Draft
  #version: number
  #theirs: Shot | null = null
  #later: ReturnType<typeof setTimeout> | undefined
  #sending: Promise<void> | null = null
  #failures = 0
  readonly #watchers = new Set<() => void>()

  constructor(
    readonly shotId: string,
    shot: Shot,
    private readonly server: Server,
    private readonly drawer?: Drawer,
  ) {
    const unsent = drawer?.recall(shotId) ?? null
    this.#base = unsent?.base ?? fromShot(shot)
    this.#version = unsent?.version ?? shot.version
    this.#held = { draft: unsent?.draft ?? this.#base, standing: 'kept', error: null, contested: [] }
    if (unsent !== null) this.#join(shot)
  }

  get held(): Held {
    return this.#held
  }

  get isKept(): boolean {
    return this.#held.standing === 'kept'
  }

  watch = (watcher: () => void): (() => void) => {
    this.#watchers.add(watcher)
    return () => this.#watchers.delete(watcher)
  }

  edit = (edit: Edit): void => {
    const draft = edited(this.#held.draft, edit)
    if (draft === this.#held.draft) return
    this.#tell({
      draft,
      standing: this.#held.standing === 'contested' ? 'contested' : 'waiting',
      error: null,
    })
    if (this.#held.standing !== 'contested') this.#push(WAIT)
  }

  /** The shot as the server has it now: what others changed is taken over, beside what I did. */
  see(shot: Shot): void {
    if (shot.version <= this.#version || this.#sending !== null) return
    this.#join(shot)
  }

  /** Sends what is not kept yet; resolves once the server has it all. */
  async flush(): Promise<void> {
    clearTimeout(this.#later)
    await this.#sending
    while (this.#held.standing === 'waiting') await this.#send()
    if (this.#held.standing === 'away' || this.#held.standing === 'refused') await this.#send()
    if (!this.isKept) throw this.#held.error ?? new ApiError(409, 'conflict', '', 'composer', null)
  }

  /** Where both changed the same: goes on with mine, or with theirs. */
  settle(whose: 'mine' | 'theirs'): void {
    if (this.#theirs === null) return
    const theirs = fromShot(this.#theirs)
    this.#base = theirs
    this.#version = this.#theirs.version
    this.#theirs = null
    this.#tell({ draft: whose === 'mine' ? this.#held.draft : theirs, standing: 'waiting', contested: [] })
    this.#push(0)
  }

  #push(wait: number): void {
    clearTimeout(this.#later)
    this.#later = setTimeout(() => void this.#send(), wait)
  }

  #send(): Promise<void> {
    this.#sending ??= this.#sendOnce().finally(() => {
      this.#sending = null
    })
    return this.#sending
  }

  async #sendOnce(): Promise<void> {
    const sent = this.#held.draft
    const change = differing(this.#base, sent)
    if (Object.keys(change).length === 0) {
      this.#tell({ standing: 'kept', error: null })
      return
    }
    try {
      const shot = await this.server.change(this.shotId, { ...change, version: this.#version })
      this.#failures = 0
      this.#base = sent
      this.#version = shot.version
      const isAll = this.#held.draft === sent
      this.#tell({ standing: isAll ? 'kept' : 'waiting', error: null })
      if (!isAll) this.#push(WAIT)
    } catch (error) {
      await this.#failed(error)
    }
  }

  async #failed(error: unknown): Promise<void> {
    if (error instanceof ApiError && error.status === 409) {
      await this.server.look(this.shotId).then(
        (shot) => this.#join(shot),
        (again) => this.#failed(again),
      )
      return
    }
    if (!mayBeTaken(error)) {
      this.#tell({ standing: 'refused', error })
      return
    }
    this.#tell({ standing: 'away', error })
    this.#push(Math.min(LONGEST_WAIT, 1_000 * 2 ** this.#failures++))
  }

  #join(shot: Shot): void {
    const theirs = fromShot(shot)
    const { draft, contested } = merged(this.#base, this.#held.draft, theirs)
    if (contested.length > 0) {
      this.#theirs = shot
      this.#tell({ standing: 'contested', contested, error: null })
      return
    }
    this.#base = theirs
    this.#version = shot.version
    const isKept = isSame(draft, theirs)
    this.#tell({
      draft: isSame(draft, this.#held.draft) ? this.#held.draft : draft,
      standing: isKept ? 'kept' : 'waiting',
    })
    if (!isKept) this.#push(WAIT)
  }

  #tell(change: Partial<Held>): void {
    this.#held = { ...this.#held, ...change }
    const unsent = { base: this.#base, version: this.#version, draft: this.#held.draft }
    this.drawer?.hold(this.shotId, this.isKept ? null : unsent)
    for (const watcher of this.#watchers) watcher()
  }
}

/** The fields of the shot that two drafts say differently. */
function differing(from: Draft, to: Draft): ShotChange {
  const before: Record<string, unknown> = toShot(from)
  return Object.fromEntries(
    Object.entries(toShot(to)).filter(([name, value]) => !isSame(value, before[name])),
  )
}
