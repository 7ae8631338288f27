import { describe, expect, it } from 'vitest'
import { isContested } from './edit'

const now = { title: '', prompt: 'a red cube', line: '', notes: '' }

describe('words that a person wrote over others', () => {
  it('are contested where somebody else wrote something else meanwhile', () => {
    expect(isContested(now, { prompt: 'a blue ball' }, { prompt: 'a ball' })).toBe(true)
  })

  it('are not where the others stand as they did, or say the same', () => {
    expect(isContested(now, { prompt: 'a blue ball' }, { prompt: 'a red cube' })).toBe(false)
    expect(isContested(now, { prompt: 'a red cube' }, { prompt: 'a ball' })).toBe(false)
    expect(isContested(now, { framing: 'wide' }, {})).toBe(false)
  })
})
