import { expect, it } from 'vitest'
import { freshId } from './ids'

it('ids are of version 7, and sort in the order in which they were made', () => {
  const ids = [...Array(5000)].map(() => freshId(1_700_000_000_000))
  expect(
    ids.every((id) =>
      /^018bcfe5-6[89a-f]\d{0}[0-9a-f]{2}-7[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/.test(id),
    ),
  ).toBe(true)
  expect([...ids].sort()).toEqual(ids)
  expect(new Set(ids).size).toBe(ids.length)
})
