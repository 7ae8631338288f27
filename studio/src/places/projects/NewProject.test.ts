import { describe, expect, it } from 'vitest'
import { languageOf } from './NewProject'

describe('the language of a brief', () => {
  it.each([
    ['a red ball bounces', 'ar', 'en'],
    ['كرة حمراء ترتد على الأرض', 'en', 'ar'],
    ['كرة حمراء ترتد (close-up)', 'en', 'ar'],
    ['1. 2. 3.', 'ar', 'ar'],
  ] as const)('%s', (text, otherwise, told) => expect(languageOf(text, otherwise)).toBe(told))
})
