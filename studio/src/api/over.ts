/** Whether the session ended while the page was open: a key was revoked, or somebody signed out in another tab. */
import { useSyncExternalStore } from 'react'

/** `put_off`: whoever is here knows, and goes on without one for now. */
type Session = 'open' | 'over' | 'put_off'

let session: Session = 'open'
const watchers = new Set<() => void>()

export function useSession(): Session {
  return useSyncExternalStore(watch, () => session)
}

/** Whoever hears so from the server says it here; it is told once. */
export function tellOver(): void {
  if (session === 'open') become('over')
}

export function become(next: Session): void {
  session = next
  for (const watcher of watchers) watcher()
}

function watch(watcher: () => void): () => void {
  watchers.add(watcher)
  return () => watchers.delete(watcher)
}
