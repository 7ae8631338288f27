import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { SILENT_MS } from './typed'

/** The pages of one browser, which share what it keeps; each has its own modules. */
async function tab() {
  vi.resetModules()
  sessionStorage.clear()
  return { ...(await import('./unsent')), ...(await import('./typed')) }
}
const kept = () => Object.keys(localStorage).filter((name) => name.startsWith('manazir.typed'))
const wait = (time: number) => vi.advanceTimersByTimeAsync(time)
/** Nothing of what it would have done is done. */
const crash = () => vi.clearAllTimers()

beforeEach(() => {
  vi.useFakeTimers()
  localStorage.clear()
})
afterEach(() => vi.useRealTimers())

describe('what is typed in a tab that crashes', () => {
  it('is for whoever opens the same place next, the newest of it, once', async () => {
    const one = await tab()
    for (const text of ['a', 'a b', 'a ball']) one.hold('brief', { text })
    expect(kept()).toEqual([])
    await wait(300)
    expect(kept()).toHaveLength(1)
    crash()
    await wait(2 * SILENT_MS)
    const next = await tab()
    expect([next.recall('other'), next.recall('brief')]).toEqual([null, { text: 'a ball' }])
    crash()
    await wait(2 * SILENT_MS)
    expect((await tab()).recall('brief')).toBeNull()
  })

  it('is not taken from one that lives, however long nobody types there', async () => {
    const one = await tab()
    one.hold('brief', { text: 'mine' })
    await wait(10 * SILENT_MS)
    const other = await tab()
    expect(other.recall('brief')).toBeNull()
    other.hold('brief', { text: 'theirs' })
    await wait(300)
    expect(kept()).toHaveLength(2)
    other.hold('brief', null)
    expect(kept()).toHaveLength(1)
    one.hold('brief', null)
    expect(Object.keys(localStorage)).toEqual([])
  })

  it('is waited for by a tab that opens before that is known', async () => {
    const one = await tab()
    one.hold('brief', { text: 'x' })
    await wait(500)
    crash()
    const next = await tab()
    const known = vi.fn()
    void next.whoLives().then(known)
    await wait(SILENT_MS / 2)
    expect(known).not.toHaveBeenCalled()
    await wait(2 * SILENT_MS)
    expect(known).toHaveBeenCalledOnce()
    expect(next.recall('brief')).toEqual({ text: 'x' })
  })

  it('is not waited for where the other tab says that it lives', async () => {
    const one = await tab()
    one.hold('brief', { text: 'x' })
    await wait(300)
    const known = vi.fn()
    void (await tab()).whoLives().then(known)
    await wait(1_200)
    expect(known).toHaveBeenCalledOnce()
  })

  it('is nothing after the server has it, or the person signs out', async () => {
    const one = await tab()
    one.hold('brief', { text: 'x' })
    one.hold('brief', null)
    await wait(500)
    expect(Object.keys(localStorage)).toEqual([])
    one.hold('brief', { text: 'y' })
    await wait(500)
    one.forgetUnsent()
    expect(Object.keys(localStorage)).toEqual([])
  })
})
