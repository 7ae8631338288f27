import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { concerned } from './live'
import { listen } from './stream'

class Source extends EventTarget {
  static made: Source[] = []
  onopen: (() => void) | null = null
  onerror: (() => void) | null = null
  isClosed = false
  constructor(readonly url: string) {
    super()
    Source.made.push(this)
  }
  close() {
    this.isClosed = true
  }
  tell(type: string, data: object, lastEventId = '') {
    this.dispatchEvent(new MessageEvent(type, { data: JSON.stringify({ type, ...data }), lastEventId }))
  }
}

const heard = { onEvent: vi.fn(), onConnection: vi.fn(), onReturn: vi.fn() }
const newest = () => Source.made.at(-1) as Source

beforeEach(() => {
  vi.useFakeTimers()
  vi.stubGlobal('EventSource', Source)
  Source.made = []
  for (const one of Object.values(heard)) one.mockClear()
})
afterEach(() => {
  vi.useRealTimers()
  vi.unstubAllGlobals()
})

describe('the stream', () => {
  it('goes on after the last event it had', () => {
    const stop = listen(heard)
    newest().onopen?.()
    newest().tell('job.queued', { job_id: 'a' }, '41')
    newest().tell('job.progress', { job_id: 'a' }, '41')
    newest().onerror?.()
    expect(heard.onConnection).toHaveBeenLastCalledWith('reconnecting')
    vi.advanceTimersByTime(500)
    expect(Source.made.map((one) => one.url)).toEqual(['/api/v1/events', '/api/v1/events?after=41'])
    expect(heard.onReturn).not.toHaveBeenCalled()
    newest().onopen?.()
    expect(heard.onReturn).toHaveBeenCalledOnce()
    stop()
  })

  it('asks less and less often while nobody answers', () => {
    const stop = listen(heard)
    for (const wait of [500, 1_000, 2_000, 4_000, 8_000, 8_000]) {
      newest().onerror?.()
      const before = Source.made.length
      vi.advanceTimersByTime(wait - 1)
      expect(Source.made.length).toBe(before)
      vi.advanceTimersByTime(1)
      expect(Source.made.length).toBe(before + 1)
    }
    stop()
  })

  it('knows of a line that is cut before it breaks, and of one that is there again', () => {
    const stop = listen(heard)
    newest().onopen?.()
    const silent = newest()
    window.dispatchEvent(new Event('offline'))
    expect(silent.isClosed).toBe(true)
    expect(heard.onConnection).toHaveBeenLastCalledWith('reconnecting')
    window.dispatchEvent(new Event('online'))
    newest().onopen?.()
    expect(heard.onReturn).toHaveBeenCalledOnce()
    stop()
  })

  it('ends when it is stopped', () => {
    listen(heard)()
    expect(newest().isClosed).toBe(true)
    vi.advanceTimersByTime(60_000)
    expect(Source.made.length).toBe(1)
  })
})

describe('an event', () => {
  it('makes old what it concerns', () => {
    const changed = { type: 'project.changed', sequence: 1, project_id: 'p', id: 'x' } as const
    expect(concerned({ ...changed, what: 'board' })).toEqual([['board', 'p']])
    expect(concerned({ ...changed, what: 'shots' })).toContainEqual(['project', 'p'])
    expect(concerned({ type: 'job.failed', sequence: 2, job_id: 'j' })).toContainEqual(['queue'])
  })
})
