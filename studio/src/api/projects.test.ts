import { expect, it } from 'vitest'
import { once } from './projects'

it('has what stands in two pages once, where it came first', () => {
  const items = ['a', 'b', 'c', 'a', 'd'].map((id) => ({ id }))
  expect(once(items).map((item) => item.id)).toEqual(['a', 'b', 'c', 'd'])
})
