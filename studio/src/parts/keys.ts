/** What keys do on the page that is open. A component says so while it is there; `?` shows them all. */
import { type RefObject, useEffect, useRef, useSyncExternalStore } from 'react'
import { partsOf } from './Keycap'

export interface Hotkey {
  /** As `d`, `Shift+d`, `Mod+Enter`, `ArrowUp`. */
  keys: string
  label: string
  run(): void
  isOff?: boolean
  /** Also while a person writes. */
  whileWriting?: boolean
  /** Only while the focus is in it. */
  within?: RefObject<HTMLElement | null>
}
export interface HotkeyGroup {
  title: string
  hotkeys: Hotkey[]
}

let groups: readonly { current: HotkeyGroup }[] = []
const watchers = new Set<() => void>()

/** Lets keys do things while the component is there. Those of the newest group go first. */
export function useHotkeys(title: string, hotkeys: Hotkey[]): void {
  const latest = useRef({ title, hotkeys })
  latest.current = { title, hotkeys }
  useEffect(() => {
    const entry = {
      get current() {
        return latest.current
      },
    }
    change([...groups, entry])
    return () => change(groups.filter((one) => one !== entry))
  }, [])
}

export function useAllHotkeys(): HotkeyGroup[] {
  return useSyncExternalStore(watch, () => groups).map((group) => group.current)
}

/** Listens to the keyboard until the answer of this is called. */
export function hearKeys(target: Window = window): () => void {
  const hear = (event: KeyboardEvent) => {
    if (event.defaultPrevented || event.isComposing || hasOwnUse(event)) return
    const found = findHotkey(
      [...groups].reverse().flatMap((group) => group.current.hotkeys),
      event,
      isWriting(event.target),
      isInDialog(event.target),
    )
    if (found === null) return
    event.preventDefault()
    found.run()
  }
  target.addEventListener('keydown', hear)
  return () => target.removeEventListener('keydown', hear)
}

export function findHotkey(
  hotkeys: readonly Hotkey[],
  event: KeyboardEvent,
  writing: boolean,
  inDialog = false,
): Hotkey | null {
  if (inDialog) return null
  return (
    hotkeys.find(
      (one) =>
        !one.isOff &&
        isThere(one, event.target) &&
        (!writing || one.whileWriting === true) &&
        isPressed(one.keys, event),
    ) ?? null
  )
}

function isThere({ within }: Hotkey, target: EventTarget | null): boolean {
  return within === undefined || (target instanceof Node && within.current?.contains(target) === true)
}

/** Whether a key is pressed; letters by their place as well, so that they work on an Arabic keyboard. */
export function isPressed(keys: string, event: KeyboardEvent): boolean {
  const parts = partsOf(keys)
  const key = parts.at(-1) ?? ''
  const wants = (name: string) => parts.slice(0, -1).includes(name)
  if ((event.ctrlKey || event.metaKey) !== wants('Mod') || event.altKey !== wants('Alt')) return false
  if (/^[a-z]$/.test(key)) {
    if (event.shiftKey !== wants('Shift')) return false
    return event.key.toLowerCase() === key || event.code === `Key${key.toUpperCase()}`
  }
  if (/^[0-9]$/.test(key)) return event.key === key || (event.code === `Digit${key}` && !event.shiftKey)
  if (key === '?') return event.key === '?' || event.key === '؟'
  return event.key === key && (key.length === 1 || event.shiftKey === wants('Shift'))
}

export function isWriting(target: EventTarget | null): boolean {
  if (!(target instanceof HTMLElement)) return false
  if (target.isContentEditable || target instanceof HTMLTextAreaElement) return true
  if (target instanceof HTMLInputElement)
    return !['checkbox', 'radio', 'range', 'button'].includes(target.type)
  return ['listbox', 'combobox', 'option', 'menuitem'].includes(target.getAttribute('role') ?? '')
}

/** Whether what has the focus does something of its own with a key. */
export function hasOwnUse({ target, key, ctrlKey, metaKey }: KeyboardEvent): boolean {
  if (!(target instanceof HTMLElement) || ctrlKey || metaKey) return false
  if (key === 'Enter' || key === ' ') return target.matches('button, a, summary, select, [role=button]')
  if (key.startsWith('Arrow'))
    return target.matches('input[type=range], select, [role=radio], [role=combobox]')
  return false
}

function isInDialog(target: EventTarget | null): boolean {
  return (
    target instanceof HTMLElement && target.closest('[role=dialog], [role=alertdialog], [role=menu]') !== null
  )
}

function change(next: typeof groups): void {
  groups = next
  for (const watcher of watchers) watcher()
}

function watch(watcher: () => void): () => void {
  watchers.add(watcher)
  return () => watchers.delete(watcher)
}
