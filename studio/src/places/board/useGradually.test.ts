import { expect, it } from 'vitest'
import { some } from './useGradually'

it('what is there stays, and a few others come', () => {
  const items = Array.from({ length: 50 }, (_, at) => ({ id: String(at) }))
  const first = some(items, new Set(['40']))
  expect(first.map((item) => item.id)).toContain('40')
  expect(first.length).toBe(5)
  expect(some(items, new Set(items.map((item) => item.id)))).toEqual(items)
})
