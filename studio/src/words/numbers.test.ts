import { describe, expect, it } from 'vitest'
import { sayings } from './numbers'

const english = sayings('en')
const arabic = sayings('ar-u-nu-arab')
const NOW = Date.parse('2026-11-22T12:00:00Z')

describe('numbers', () => {
  it.each([
    [2.5, '2.5s'],
    [64, '1:04'],
    [3600, '60:00'],
  ])('says a length of %d seconds', (seconds, told) => expect(english.length(seconds)).toBe(told))

  it('says a place in a clip in two digits and hundredths', () => {
    expect(english.place(1.25)).toBe('01.25')
    expect(arabic.place(1.25)).toBe('٠١٫٢٥')
  })

  it.each([
    [0, '0 byte'],
    [1_500, '1.5 kB'],
    [2_000_000_000, '2 GB'],
  ])('says %d bytes', (count, told) => expect(english.bytes(count)).toBe(told))

  it.each([
    ['2026-11-22T11:59:30Z', '30 seconds ago'],
    ['2026-11-22T10:30:00Z', '1 hour ago'],
    ['2026-11-21T12:00:00Z', 'yesterday'],
    ['2025-11-01T12:00:00Z', 'last year'],
  ])('says how long ago %s was', (moment, told) => expect(english.since(moment, NOW)).toBe(told))
})
