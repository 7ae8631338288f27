/** The stream of events: one connection a tab, that goes on where it broke off. */
import { query, ROOT } from './client'

export type Connection = 'connecting' | 'open' | 'reconnecting'

export const JOB_EVENTS = [
  'job.queued',
  'job.running',
  'job.succeeded',
  'job.failed',
  'job.cancelled',
] as const
export type JobEventType = (typeof JOB_EVENTS)[number]

export interface JobEvent {
  type: JobEventType
  sequence: number
  job_id: string
}
export interface ProgressEvent {
  type: 'job.progress'
  job_id: string
  stage: string | null
  fraction: number
  steps_done: number | null
  steps_total: number | null
  has_preview: boolean
}
export interface ProjectEvent {
  type: 'project.changed'
  sequence: number
  project_id: string
  what: 'project' | 'shots' | 'takes' | 'board'
  id: string
}
export type StudioEvent = JobEvent | ProgressEvent | ProjectEvent

const KINDS = [...JOB_EVENTS, 'job.progress', 'project.changed'] as const
const FIRST_WAIT = 500
const LONGEST_WAIT = 8_000
/** A tab nobody looks at gives its connection back: browsers allow few of them to one host. */
const HIDDEN_FOR = 30_000

interface Listening {
  onEvent(event: StudioEvent): void
  onConnection(state: Connection): void
  /** It was away: whatever is known may be old. */
  onReturn(): void
}

/** Listens until the answer of this is called. */
export function listen({ onEvent, onConnection, onReturn }: Listening): () => void {
  let source: EventSource | null = null
  let last: string | null = null
  let wait = FIRST_WAIT
  let again: ReturnType<typeof setTimeout> | undefined
  let hiding: ReturnType<typeof setTimeout> | undefined
  let wasOpen = false

  const close = () => {
    clearTimeout(again)
    source?.close()
    source = null
  }
  const open = () => {
    close()
    source = new EventSource(`${ROOT}/events${query({ after: last })}`)
    source.onopen = () => {
      if (wasOpen) onReturn()
      wasOpen = true
      wait = FIRST_WAIT
      onConnection('open')
    }
    source.onerror = lose
    for (const kind of KINDS) source.addEventListener(kind, hear)
  }
  const lose = () => {
    close()
    onConnection('reconnecting')
    again = setTimeout(open, wait)
    wait = Math.min(LONGEST_WAIT, wait * 2)
  }
  const hear = (message: MessageEvent<string>) => {
    if (message.lastEventId !== '') last = message.lastEventId
    onEvent(JSON.parse(message.data) as StudioEvent)
  }
  const look = () => {
    clearTimeout(hiding)
    if (document.hidden) hiding = setTimeout(close, HIDDEN_FOR)
    else if (source === null) open()
  }

  onConnection('connecting')
  open()
  document.addEventListener('visibilitychange', look)
  window.addEventListener('online', open)
  // a connection over a line that is cut stays silent for minutes before it breaks
  window.addEventListener('offline', lose)
  return () => {
    document.removeEventListener('visibilitychange', look)
    window.removeEventListener('online', open)
    window.removeEventListener('offline', lose)
    clearTimeout(hiding)
    close()
  }
}
