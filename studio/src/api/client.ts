/** Requests to `/api/v1`, by the cookie of the session. */
import { refusalOf, Unreachable } from './errors'
import { read } from './media'
import { tellOver } from './over'

export const ROOT = '/api/v1'

type Method = 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE'
interface Sending {
  body?: unknown
  /** Whoever sends the same key again gets the same effect once. */
  idempotencyKey?: string
  signal?: AbortSignal
}

/** What is asked for is asked for, also when the page is left at once; browsers allow that for little. */
const LONGEST_KEPT_ALIVE = 8_000
const LONGEST_PAUSE = 4_000

export async function send<Told>(method: Method, path: string, sending: Sending = {}): Promise<Told> {
  const headers = new Headers({ 'X-Manazir-Studio': '1', Accept: 'application/json' })
  if (sending.idempotencyKey) headers.set('Idempotency-Key', sending.idempotencyKey)
  const isForm = sending.body instanceof FormData
  if (sending.body !== undefined && !isForm) headers.set('Content-Type', 'application/json')
  const body =
    sending.body === undefined ? null : isForm ? (sending.body as FormData) : JSON.stringify(sending.body)
  const answer = await reach(`${ROOT}${path}`, {
    method,
    headers,
    credentials: 'same-origin',
    body,
    keepalive:
      method !== 'GET' && (body === null || (typeof body === 'string' && body.length < LONGEST_KEPT_ALIVE)),
    signal: sending.signal ?? null,
  })
  if (answer.status === 401 && path !== '/session') tellOver()
  if (!answer.ok) throw await refusalOf(answer)
  return (answer.status === 204 ? undefined : read(await answer.text())) as Told
}

export const get = <Told>(path: string, signal?: AbortSignal) =>
  send<Told>('GET', path, signal === undefined ? {} : { signal })
export const post = <Told>(path: string, body: unknown = {}, signal?: AbortSignal) =>
  send<Told>('POST', path, signal === undefined ? { body } : { body, signal })
export const patch = <Told>(path: string, body: unknown) => send<Told>('PATCH', path, { body })
export const put = <Told>(path: string, body: unknown) => send<Told>('PUT', path, { body })
export const remove = (path: string) => send<void>('DELETE', path)

/** Sends again, unchanged, while no answer comes: for what has one effect, however often it is sent. */
export async function persistently<Told>(ask: () => Promise<Told>, mostTries = 6): Promise<Told> {
  for (let tries = 1; ; tries++) {
    try {
      return await ask()
    } catch (error) {
      if (!(error instanceof Unreachable) || tries >= mostTries) throw error
      await new Promise((done) => setTimeout(done, Math.min(LONGEST_PAUSE, 250 * 2 ** tries)))
    }
  }
}

/** A query string of what is given; nulls are left out. */
export function query(asked: Record<string, string | number | boolean | null | undefined>): string {
  const known = Object.entries(asked).filter(([, value]) => value !== null && value !== undefined)
  const text = new URLSearchParams(known.map(([name, value]) => [name, String(value)])).toString()
  return text === '' ? '' : `?${text}`
}

/** A key that nobody had before, also where the address is not https. */
export function freshKey(): string {
  return [...crypto.getRandomValues(new Uint8Array(16))]
    .map((byte) => byte.toString(16).padStart(2, '0'))
    .join('')
}

async function reach(url: string, init: RequestInit): Promise<Response> {
  try {
    return await fetch(url, init)
  } catch (error) {
    if (error instanceof DOMException && error.name === 'AbortError') throw error
    throw new Unreachable('no answer came')
  }
}
