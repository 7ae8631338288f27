import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { forgetUnsent, hold, keepForLater, LONGEST_KEPT_MS, recall } from './unsent'

const told = vi.fn()
let stop: () => void

/** What a new tab finds: nothing of this one's but what was left. */
function opened(): void {
  window.dispatchEvent(new Event('pagehide'))
  sessionStorage.clear()
}
function see(state: 'hidden' | 'visible'): void {
  Object.defineProperty(document, 'visibilityState', { value: state, configurable: true })
  document.dispatchEvent(new Event('visibilitychange'))
}

beforeEach(() => {
  vi.useFakeTimers()
  forgetUnsent()
  localStorage.clear()
  told.mockClear()
  stop = keepForLater(told)
})
afterEach(() => {
  stop()
  see('visible')
  vi.useRealTimers()
})

describe('what is not on the server', () => {
  it('comes back in a reloaded tab, without a word', () => {
    hold('a', { text: 'x' })
    window.dispatchEvent(new Event('pagehide'))
    expect(recall('a')).toEqual({ text: 'x' })
    vi.advanceTimersByTime(500)
    expect(told).not.toHaveBeenCalled()
  })

  it('comes back once after its tab was closed, and is told of once with the rest', () => {
    const at = Date.now()
    hold('a', { text: 'x' })
    hold('b', { text: 'y' })
    opened()
    expect([recall('a'), recall('b')]).toEqual([{ text: 'x' }, { text: 'y' }])
    vi.advanceTimersByTime(500)
    expect(told.mock.calls).toEqual([[at]])
    sessionStorage.clear()
    expect(recall('a')).toBeNull()
  })

  it('is not taken by another tab while its own is looked at', () => {
    hold('a', { text: 'x' })
    see('hidden')
    expect(localStorage.length).toBe(1)
    see('visible')
    expect(localStorage.length).toBe(0)
    see('hidden')
    hold('a', { text: 'xy' })
    expect(localStorage.getItem('manazir.left a')).toContain('xy')
    hold('a', null)
    expect(localStorage.length).toBe(0)
  })

  it('is what a person was still writing, too', () => {
    const field = document.body.appendChild(document.createElement('input'))
    field.addEventListener('blur', () => hold('field', { text: field.value }))
    field.focus()
    field.value = 'half a wor'
    opened()
    expect(recall('field')).toEqual({ text: 'half a wor' })
    field.remove()
  })

  it('is forgotten once the server has it, after a month, and by who signs out', () => {
    hold('a', { text: 'x' })
    hold('a', null)
    hold('b', { text: 'y' })
    opened()
    expect(recall('a')).toBeNull()
    forgetUnsent()
    opened()
    expect(recall('b')).toBeNull()
    hold('c', { text: 'z' })
    opened()
    stop()
    vi.setSystemTime(Date.now() + LONGEST_KEPT_MS + 1)
    stop = keepForLater(told)
    expect(recall('c')).toBeNull()
  })

  it('is nothing where something else lies in its place', () => {
    sessionStorage.setItem('manazir.unsent a', 'no json')
    localStorage.setItem('manazir.left b', '7')
    expect([recall('a'), recall('b')]).toEqual([null, null])
  })
})
