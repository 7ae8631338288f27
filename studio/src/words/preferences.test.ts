import { describe, expect, it } from 'vitest'
import { checked } from './preferences'

describe('preferences', () => {
  it('begin with the first language of the browser that there are words for', () => {
    expect(checked(null, ['fr-FR', 'ar-SA', 'en']).language).toBe('ar')
    expect(checked(null, ['fr-FR']).language).toBe('en')
  })

  it('keep what is known, and nothing else', () => {
    const kept = { language: 'ar', theme: 'purple', numerals: 'western' }
    expect(checked(kept, ['en'])).toEqual({ language: 'ar', theme: 'system', numerals: 'western' })
  })
})
