import { afterEach, beforeEach, expect, it, vi } from 'vitest'
import { PART_BYTES, upload } from './uploads'

const SIZE = PART_BYTES + 10
const file = new File([new Uint8Array(SIZE)], 'كرة.mp4')
let received: number
let calls: string[]
/** What the next requests meet instead of an answer. */
let failures: (number | 'lost')[]

function serve(url: string, init: RequestInit): Response {
  if (init.signal?.aborted) throw new DOMException('stopped', 'AbortError')
  calls.push(`${init.method} ${url.replace('/api/v1', '')}`)
  const headers = new Headers(init.headers)
  if (init.method === 'POST') {
    const [, name = ''] = headers.get('Upload-Metadata')?.split(' ') ?? []
    expect(new TextDecoder().decode(Uint8Array.from(atob(name), (letter) => letter.charCodeAt(0)))).toBe(
      'كرة.mp4',
    )
    return Response.json({ id: 'u', asset_id: 'a', url: '', size_bytes: SIZE }, { status: 201 })
  }
  const failure = init.method === 'PATCH' ? failures.shift() : undefined
  if (failure === 'lost') {
    received += 5 // some of it came before the connection broke
    throw new TypeError('Failed to fetch')
  }
  if (failure !== undefined)
    return Response.json({ error: { code: 'x', message: 'no' } }, { status: failure })
  if (init.method === 'PATCH') {
    expect(Number(headers.get('Upload-Offset'))).toBe(received)
    received += (init.body as Blob).size
  }
  return new Response(null, { status: 200, headers: { 'Upload-Offset': String(received) } })
}

beforeEach(() => {
  received = 0
  calls = []
  failures = []
  vi.useFakeTimers()
  vi.stubGlobal('fetch', async (url: string, init: RequestInit) => serve(url, init))
})
afterEach(() => {
  vi.useRealTimers()
  vi.unstubAllGlobals()
})

async function send(onProgress = vi.fn(), signal = new AbortController().signal) {
  const sent = upload(file, { signal, onProgress })
  sent.catch(() => undefined)
  await vi.advanceTimersByTimeAsync(120_000)
  return sent
}

it('a file goes in parts, and is an asset', async () => {
  const onProgress = vi.fn()
  await expect(send(onProgress)).resolves.toBe('a')
  expect(calls).toEqual(['POST /uploads', 'PATCH /uploads/u', 'PATCH /uploads/u'])
  expect(onProgress).toHaveBeenLastCalledWith(1)
})

it('a part that breaks off goes on where it came to', async () => {
  failures = ['lost', 503]
  await send()
  expect(received).toBe(SIZE)
  expect(calls.filter((call) => call.startsWith('HEAD')).length).toBe(2)
})

it('a file that is refused is not sent again', async () => {
  failures = [422]
  await expect(send()).rejects.toThrow('no')
  expect(calls.length).toBe(2)
})

it('a file that is cancelled is given up on the server too', async () => {
  const stop = new AbortController()
  await expect(
    send(
      vi.fn(() => stop.abort()),
      stop.signal,
    ),
  ).rejects.toThrow('stopped')
  expect(calls).toEqual(['POST /uploads', 'PATCH /uploads/u', 'DELETE /uploads/u'])
})
