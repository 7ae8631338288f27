import { describe, expect, it, vi } from 'vitest'
import { findHotkey, hasOwnUse, isPressed, isWriting } from './keys'

const press = (key: string, more: KeyboardEventInit = {}) => new KeyboardEvent('keydown', { key, ...more })

describe('keys', () => {
  it.each([
    ['d', press('d'), true],
    ['d', press('ي', { code: 'KeyD' }), true],
    ['d', press('D', { shiftKey: true }), false],
    ['Shift+d', press('D', { shiftKey: true }), true],
    ['d', press('d', { ctrlKey: true }), false],
    ['Mod+Enter', press('Enter', { metaKey: true }), true],
    ['?', press('؟', { shiftKey: true }), true],
    ['1', press('١', { code: 'Digit1' }), true],
    [' ', press(' '), true],
    ['ArrowUp', press('ArrowUp', { altKey: true }), false],
    ['Alt+ArrowUp', press('ArrowUp', { altKey: true }), true],
  ])('%s is pressed', (keys, event, told) => expect(isPressed(keys, event)).toBe(told))

  it('do nothing while a person writes, unless they say so', () => {
    const plain = { keys: 'd', label: '', run: vi.fn() }
    const always = { keys: 'Mod+Enter', label: '', run: vi.fn(), whileWriting: true }
    expect(findHotkey([plain, always], press('d'), true)).toBeNull()
    expect(findHotkey([plain, always], press('d'), false)).toBe(plain)
    expect(findHotkey([plain, always], press('Enter', { ctrlKey: true }), true)).toBe(always)
  })

  it('do nothing behind a dialog, or where they are off', () => {
    const one = { keys: 'd', label: '', run: vi.fn() }
    expect(findHotkey([one], press('d'), false, true)).toBeNull()
    expect(findHotkey([{ ...one, isOff: true }], press('d'), false)).toBeNull()
  })

  it('that belong to a part of the page do nothing elsewhere', () => {
    const within = { current: document.createElement('div') }
    const field = within.current.appendChild(document.createElement('textarea'))
    const one = { keys: 'Enter', label: '', run: vi.fn(), whileWriting: true, within }
    const found: unknown[] = []
    for (const target of [field, document.body]) {
      target.addEventListener('keydown', (event) =>
        found.push(findHotkey([one], event as KeyboardEvent, true)),
      )
      target.dispatchEvent(press('Enter'))
    }
    expect(found).toEqual([one, null])
  })

  it('leave to buttons and sliders what is theirs', () => {
    const slider = Object.assign(document.createElement('input'), { type: 'range' })
    const uses = (target: HTMLElement, event: KeyboardEvent) => {
      target.dispatchEvent(event)
      return hasOwnUse(event)
    }
    expect(uses(document.createElement('button'), press('Enter'))).toBe(true)
    expect(uses(document.createElement('button'), press('Enter', { ctrlKey: true }))).toBe(false)
    expect(uses(document.createElement('button'), press('d'))).toBe(false)
    expect(uses(slider, press('ArrowUp'))).toBe(true)
    expect(uses(document.createElement('li'), press('Enter'))).toBe(false)
  })

  it('know what is written into', () => {
    const field = (type: string) => Object.assign(document.createElement('input'), { type })
    expect(isWriting(field('text'))).toBe(true)
    expect(isWriting(field('range'))).toBe(false)
    expect(isWriting(document.createElement('textarea'))).toBe(true)
    expect(isWriting(document.createElement('button'))).toBe(false)
  })
})
