/** What a person has chosen for this browser: language, numerals, theme. */
import { useSyncExternalStore } from 'react'
import type { Language, Numerals } from './words'

export type Theme = 'system' | 'light' | 'dark'
export interface Preferences {
  language: Language
  numerals: Numerals
  theme: Theme
}

const PLACE = 'manazir.preferences'
const watchers = new Set<() => void>()
let current: Preferences = read()

export function usePreferences(): Preferences {
  return useSyncExternalStore(
    (watcher) => {
      watchers.add(watcher)
      return () => watchers.delete(watcher)
    },
    () => current,
  )
}

export function prefer(change: Partial<Preferences>): void {
  current = { ...current, ...change }
  try {
    localStorage.setItem(PLACE, JSON.stringify(current))
  } catch {
    // a browser that keeps nothing forgets it with the tab
  }
  show(current)
  for (const watcher of watchers) watcher()
}

/** Whether what is shown is dark, however that came about. */
export function useIsDark(): boolean {
  const { theme } = usePreferences()
  const isSystemDark = useSyncExternalStore(watchSystem, () => systemDark().matches)
  return theme === 'system' ? isSystemDark : theme === 'dark'
}

function systemDark(): MediaQueryList {
  return matchMedia('(prefers-color-scheme: dark)')
}

function watchSystem(watcher: () => void): () => void {
  const dark = systemDark()
  dark.addEventListener('change', watcher)
  return () => dark.removeEventListener('change', watcher)
}

/** Put the theme where the styles see it. */
export function show({ theme }: Preferences = current): void {
  if (theme === 'system') delete document.documentElement.dataset.theme
  else document.documentElement.dataset.theme = theme
}

/** What was kept, checked: whatever is not known is as a new browser has it. */
export function checked(kept: unknown, spoken: readonly string[]): Preferences {
  const told = (typeof kept === 'object' && kept !== null ? kept : {}) as Partial<
    Record<keyof Preferences, unknown>
  >
  return {
    language: oneOf(['en', 'ar'], told.language) ?? firstSpoken(spoken),
    numerals: oneOf(['own', 'western'], told.numerals) ?? 'own',
    theme: oneOf(['system', 'light', 'dark'], told.theme) ?? 'system',
  }
}

function read(): Preferences {
  try {
    return checked(JSON.parse(localStorage.getItem(PLACE) ?? 'null'), navigator.languages)
  } catch {
    return checked(null, navigator.languages)
  }
}

function firstSpoken(spoken: readonly string[]): Language {
  const known = spoken.map((one) => one.split('-')[0]).find((one) => one === 'ar' || one === 'en')
  return known === 'ar' ? 'ar' : 'en'
}

function oneOf<Name extends string>(names: readonly Name[], value: unknown): Name | null {
  return names.find((name) => name === value) ?? null
}
