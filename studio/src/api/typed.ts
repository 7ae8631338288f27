/**
 * What is unsent in a tab that is looked at, kept while it is typed, for the day that the tab crashes. As long as it
 * holds any, a tab says every second that it lives; of one that is silent, whoever opens the same place next has it.
 */
import { freshId } from './ids'
import { drop, localStorageOrNone, namesUnder, read, write } from './stored'

const TYPED = 'manazir.typed'
const LIVES = 'manazir.lives'
const REST_MS = 250
const BEAT_MS = 1_000
export const SILENT_MS = 3_000

export interface Left {
  /** Milliseconds since 1970. */
  at: number
  what: object
}

const tab = freshId()
const kept = new Set<string>()
const waiting = new Map<string, Left>()
let beat: ReturnType<typeof setInterval> | undefined

/** Keeps it under a name in a moment; letters that come fast are written together. */
export function keepTyped(name: string, what: object): void {
  if (waiting.size === 0) setTimeout(writeWaiting, REST_MS)
  waiting.set(name, { at: Date.now(), what })
}

/** The server has it, or the tab has left it in another way. */
export function dropTyped(name: string): void {
  waiting.delete(name)
  if (!kept.delete(name)) return
  drop(localStorageOrNone(), `${TYPED} ${tab} ${name}`)
  if (kept.size > 0) return
  clearInterval(beat)
  beat = undefined
  drop(localStorageOrNone(), `${LIVES} ${tab}`)
}

/** What crashed tabs held under a name, the newest of it; it is theirs no more. null: nothing. */
export function takeTyped(name: string): Left | null {
  const store = localStorageOrNone()
  const found = crashed().filter((one) => nameIn(one) === name)
  const left = found.map((one) => read(store, `${TYPED} ${one}`) as Left | null)
  for (const one of found) drop(store, `${TYPED} ${one}`)
  return left.reduce((newest, one) => ((one?.at ?? 0) > (newest?.at ?? 0) ? one : newest), null)
}

/** Resolves once it is known of every other tab whether it lives: at once, unless one spoke a moment ago. */
export async function whoLives(): Promise<void> {
  const asked = new Map(others().map((id) => [id, spoke(id)]))
  const isOpen = ([id, at]: [string, number]) => spoke(id) === at && !isSilent(id)
  while ([...asked].some(isOpen)) await new Promise((next) => setTimeout(next, 100))
}

/** Whoever signs out leaves nothing behind. */
export function forgetTyped(): void {
  for (const name of [...kept, ...waiting.keys()]) dropTyped(name)
  forgetSilent(() => true)
}

/** What is too old to be wanted, and tabs that left nothing. */
export function forgetSilent(isOld: (at: number) => boolean): void {
  const store = localStorageOrNone()
  for (const one of crashed()) {
    const at = (read(store, `${TYPED} ${one}`) as Left | null)?.at ?? 0
    if (isOld(at)) drop(store, `${TYPED} ${one}`)
  }
  const holding = new Set(others())
  for (const id of namesUnder(store, LIVES))
    if (id !== tab && isSilent(id) && !holding.has(id)) drop(store, `${LIVES} ${id}`)
}

function writeWaiting(): void {
  const store = localStorageOrNone()
  for (const [name, left] of waiting) {
    write(store, `${TYPED} ${tab} ${name}`, left)
    kept.add(name)
  }
  waiting.clear()
  if (kept.size === 0) return
  sayLives()
  beat ??= setInterval(sayLives, BEAT_MS)
}

function sayLives(): void {
  write(localStorageOrNone(), `${LIVES} ${tab}`, { at: Date.now() })
}

/** Names of all that silent tabs hold, each with its tab's before it. */
function crashed(): string[] {
  return namesUnder(localStorageOrNone(), TYPED).filter((one) => tabIn(one) !== tab && isSilent(tabIn(one)))
}

/** Tabs that hold something, but for this one. */
function others(): string[] {
  const tabs = new Set(namesUnder(localStorageOrNone(), TYPED).map(tabIn))
  tabs.delete(tab)
  return [...tabs]
}

function spoke(id: string): number {
  return (read(localStorageOrNone(), `${LIVES} ${id}`) as { at: number } | null)?.at ?? 0
}

function isSilent(id: string): boolean {
  return Date.now() - spoke(id) > SILENT_MS
}

function tabIn(one: string): string {
  return one.slice(0, one.indexOf(' '))
}

function nameIn(one: string): string {
  return one.slice(one.indexOf(' ') + 1)
}
