/**
 * What a person wrote that the server does not have yet. This tab holds it over a reload, and as long as the server is
 * away; once the tab is closed or has crashed the browser does, for whoever opens the same place next.
 */
import { drop, localStorageOrNone, namesUnder, read, sessionStorageOrNone, write } from './stored'
import { dropTyped, forgetSilent, forgetTyped, keepTyped, type Left, takeTyped } from './typed'

const PLACE = 'manazir.unsent'
const LEFT = 'manazir.left'
export const LONGEST_KEPT_MS = 30 * 24 * 3_600_000

const held = new Map<string, object>()
const hearers = new Set<(at: number) => void>()
/** The oldest that has come back, until it is told. */
let back: number | null = null

/** What was held under a name; null: nothing was. */
export function recall<What extends object>(name: string): What | null {
  const own = read(sessionStorageOrNone(), `${PLACE} ${name}`)
  const closed = read(localStorageOrNone(), `${LEFT} ${name}`) as Left | null
  const crashed = takeTyped(name)
  drop(localStorageOrNone(), `${LEFT} ${name}`)
  const left = own === null ? newest(closed, crashed) : null
  if (own === null && left === null) return null
  const what = (own ?? left?.what) as What
  hold(name, what)
  if (left !== null) tellBack(left.at)
  return what
}

/** null: the server has it all. */
export function hold(name: string, what: object | null): void {
  if (what === null) {
    held.delete(name)
    dropTyped(name)
    drop(sessionStorageOrNone(), `${PLACE} ${name}`)
    drop(localStorageOrNone(), `${LEFT} ${name}`)
    return
  }
  held.set(name, what)
  write(sessionStorageOrNone(), `${PLACE} ${name}`, what)
  if (document.visibilityState === 'hidden') leave()
  else keepTyped(name, what)
}

/**
 * Leaves what is unsent with the browser whenever this may be the last that the tab does, until the answer is called.
 *
 * `onBroughtBack` is told when something came back that a closed tab had left, and when that was.
 */
export function keepForLater(onBroughtBack: (at: number) => void): () => void {
  const change = () => (document.visibilityState === 'hidden' ? leave() : takeBack())
  const close = () => {
    const field = document.activeElement
    if (field instanceof HTMLElement) field.blur() // what is still being written counts as written
    leave()
  }
  hearers.add(onBroughtBack)
  forgetOld()
  document.addEventListener('visibilitychange', change)
  window.addEventListener('pagehide', close)
  window.addEventListener('pageshow', change)
  return () => {
    hearers.delete(onBroughtBack)
    document.removeEventListener('visibilitychange', change)
    window.removeEventListener('pagehide', close)
    window.removeEventListener('pageshow', change)
  }
}

/** Whoever signs out leaves nothing behind. */
export function forgetUnsent(): void {
  held.clear()
  forgetTyped()
  forget(sessionStorageOrNone(), PLACE, () => true)
  forget(localStorageOrNone(), LEFT, () => true)
}

/** Once for all that comes back with one place. */
function tellBack(at: number): void {
  if (back === null)
    setTimeout(() => {
      for (const hear of hearers) hear(back ?? at)
      back = null
    }, 100)
  back = Math.min(back ?? at, at)
}

function leave(): void {
  for (const [name, what] of held) {
    write(localStorageOrNone(), `${LEFT} ${name}`, { at: Date.now(), what })
    dropTyped(name)
  }
}

/** The tab lives, and has it. */
function takeBack(): void {
  for (const [name, what] of held) {
    drop(localStorageOrNone(), `${LEFT} ${name}`)
    keepTyped(name, what)
  }
}

function newest(one: Left | null, other: Left | null): Left | null {
  return (one?.at ?? 0) > (other?.at ?? 0) ? one : other
}

function forgetOld(): void {
  const store = localStorageOrNone()
  const isOld = (at: number) => at < Date.now() - LONGEST_KEPT_MS
  forget(store, LEFT, (name) => isOld((read(store, `${LEFT} ${name}`) as Left | null)?.at ?? 0))
  forgetSilent(isOld)
}

function forget(store: Storage | null, prefix: string, isOld: (name: string) => boolean): void {
  for (const name of namesUnder(store, prefix)) if (isOld(name)) drop(store, `${prefix} ${name}`)
}
