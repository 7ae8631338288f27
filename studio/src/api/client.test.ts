import { afterEach, describe, expect, it, vi } from 'vitest'
import { freshKey, persistently, post, query, send } from './client'
import { ApiError, mayPass, Unreachable } from './errors'
import { moved } from './projects'

const answer = (status: number, body: unknown) =>
  vi.stubGlobal(
    'fetch',
    vi.fn(async () => new Response(status === 204 ? null : JSON.stringify(body), { status })),
  )
afterEach(() => vi.unstubAllGlobals())

describe('a request', () => {
  it('says that it is the studio’s', async () => {
    answer(200, { id: 'a' })
    await send('POST', '/shots/a/takes', { body: { kind: 'draft' }, idempotencyKey: 'once' })
    const [url, init] = vi.mocked(fetch).mock.calls[0] ?? []
    const headers = new Headers(init?.headers)
    expect(url).toBe('/api/v1/shots/a/takes')
    expect(headers.get('X-Manazir-Studio')).toBe('1')
    expect(headers.get('Idempotency-Key')).toBe('once')
    expect(init?.body).toBe('{"kind":"draft"}')
  })

  it('that is refused says why, at which field, and when to come again', async () => {
    answer(422, { error: { code: 'invalid', message: 'no', field: 'canvas.width', retry_after_seconds: 3 } })
    const error = await post('/estimate').catch((one: unknown) => one)
    expect(error).toEqual(new ApiError(422, 'invalid', 'no', 'canvas.width', 3))
    expect(mayPass(error)).toBe(false)
  })

  it('that a proxy refuses with a page of its own is an error all the same', async () => {
    vi.stubGlobal(
      'fetch',
      async () => new Response('<h1>Bad gateway</h1>', { status: 502, statusText: 'Bad Gateway' }),
    )
    const error = await post('/estimate').catch((one: unknown) => one)
    expect(error).toMatchObject({ status: 502, code: 'failed', message: 'Bad Gateway' })
    expect(mayPass(error)).toBe(true)
  })

  it('that nobody answers may pass', async () => {
    vi.stubGlobal('fetch', () => Promise.reject(new TypeError('network')))
    const error = await post('/estimate').catch((one: unknown) => one)
    expect(error).toBeInstanceOf(Unreachable)
    expect(mayPass(error)).toBe(true)
  })

  it('is sent again while nobody answers, and no more than so often', async () => {
    vi.useFakeTimers()
    const ask = vi.fn(() => Promise.reject(new Unreachable('away')))
    const asked = persistently(ask, 3).catch((one: unknown) => one)
    await vi.advanceTimersByTimeAsync(20_000)
    expect(await asked).toBeInstanceOf(Unreachable)
    expect(ask).toHaveBeenCalledTimes(3)
    vi.useRealTimers()
  })

  it('that is refused is not sent again', async () => {
    const ask = vi.fn(() => Promise.reject(new ApiError(409, 'conflict', 'old', null, null)))
    await expect(persistently(ask)).rejects.toBeInstanceOf(ApiError)
    expect(ask).toHaveBeenCalledOnce()
  })

  it('leaves nulls out of its query', () => {
    expect(query({ after: null, limit: 5, all: true })).toBe('?limit=5&all=true')
    expect(query({ after: null })).toBe('')
  })

  it('has a key of its own', () => {
    expect(freshKey()).toMatch(/^[0-9a-f]{32}$/)
    expect(freshKey()).not.toBe(freshKey())
  })
})

describe('a list', () => {
  const list = ['a', 'b', 'c'].map((id) => ({ id }))
  it.each([
    ['c', 'a', 'cab'],
    ['a', null, 'bca'],
    ['a', 'c', 'bac'],
    ['b', 'b', 'abc'],
    ['x', 'a', 'abc'],
  ])('with %s before %s', (id, before, told) => {
    expect(
      moved(list, id, before)
        .map((one) => one.id)
        .join(''),
    ).toBe(told)
  })
})
