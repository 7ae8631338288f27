import { expect, it } from 'vitest'
import type { Shot } from '../../api/types'
import { wordsOf } from '../../words/words'
import { reasons } from './refused'

const shots = [
  { id: 'a', number: 1 },
  { id: 'b', number: 2 },
] as Shot[]
const values = { most: 2 }
const parts = [
  { id: 'b', code: 'queue_full', message: '2 jobs wait already', field: null, reason: 'jobs_wait', values },
]

it('says of which shots drafts were refused, and why, in the language of the page', () => {
  expect(reasons(parts, shots, wordsOf('en'))).toEqual(['Shot 2: 2 jobs wait already'])
  const [arabic] = reasons(parts, shots, wordsOf('ar'))
  expect(arabic).toContain('اللقطة ٢')
  expect(arabic).not.toContain('jobs')
})

it('leaves out which shot it was where that is gone', () => {
  expect(reasons(parts, [], wordsOf('en'))).toEqual(['2 jobs wait already'])
})
