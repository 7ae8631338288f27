/** What the stream says, kept for who looks: the connection, how far running jobs are, and which queries are old. */
import type { QueryClient } from '@tanstack/react-query'
import { useSyncExternalStore } from 'react'
import { KEYS } from './keys'
import { lookWhetherOver } from './session'
import { type Connection, listen, type ProgressEvent, type StudioEvent } from './stream'

let connection: Connection = 'connecting'
const steps = new Map<string, ProgressEvent>()
const watchers = new Set<() => void>()

export function useConnection(): Connection {
  return useSyncExternalStore(watch, () => connection)
}

/** The newest step of a running job; null: none was heard. */
export function useStep(jobId: string): ProgressEvent | null {
  return useSyncExternalStore(watch, () => steps.get(jobId) ?? null)
}

/** Keeps the queries of a client as fresh as the stream says, until the answer of this is called. */
export function stayFresh(client: QueryClient): () => void {
  const stale = collected(client)
  return listen({
    onConnection: (state) => {
      connection = state
      tell()
      if (state === 'reconnecting') lookWhetherOver()
    },
    onReturn: () => void client.invalidateQueries(),
    onEvent: (event) => {
      if (event.type === 'job.progress') {
        steps.set(event.job_id, event)
        tell()
        return
      }
      if (event.type !== 'job.running' && 'job_id' in event) steps.delete(event.job_id)
      for (const key of concerned(event)) stale(key)
    },
  })
}

/** Asks before the page is left while something waits for the server to come back, until the answer of this is called. */
export function askBeforeLeaving(client: QueryClient): () => void {
  const ask = (event: BeforeUnloadEvent) => {
    if (connection === 'reconnecting' && client.isMutating() > 0) event.preventDefault()
  }
  window.addEventListener('beforeunload', ask)
  return () => window.removeEventListener('beforeunload', ask)
}

/** The queries that an event makes old. */
export function concerned(event: StudioEvent): readonly (readonly unknown[])[] {
  if (event.type === 'project.changed') {
    if (event.what === 'board') return [KEYS.board(event.project_id)]
    return [KEYS.project(event.project_id), KEYS.projects]
  }
  return event.type === 'job.progress' ? [] : [KEYS.anyProject, KEYS.queue, KEYS.usage, KEYS.projects]
}

function collected(client: QueryClient): (key: readonly unknown[]) => void {
  const waiting = new Map<string, readonly unknown[]>()
  return (key) => {
    if (waiting.size === 0) {
      setTimeout(() => {
        for (const one of waiting.values()) void client.invalidateQueries({ queryKey: one })
        waiting.clear()
      }, 60)
    }
    waiting.set(JSON.stringify(key), key)
  }
}

function watch(watcher: () => void): () => void {
  watchers.add(watcher)
  return () => watchers.delete(watcher)
}

function tell(): void {
  for (const watcher of watchers) watcher()
}
