import { expect, it } from 'vitest'
import { directionOf } from './Field'

it('an empty field goes as its page does, one with words as they do', () => {
  expect(directionOf('')).toBeUndefined()
  expect(directionOf('كرة')).toBe('auto')
})
