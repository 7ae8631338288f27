import { expect, it } from 'vitest'
import type { Take } from '../../api/types'
import { expectedSeconds } from './expected'

const lasting = (seconds: number, change: object = {}) =>
  ({
    kind: 'draft',
    job: {
      state: 'succeeded',
      model: 'noor',
      alias: 'noor',
      canvas: {},
      outputs: { video: { duration_seconds: 2 } },
      started_at: '2026-11-22T12:00:00Z',
      ended_at: new Date(Date.parse('2026-11-22T12:00:00Z') + seconds * 1000).toISOString(),
      ...change,
    },
  }) as unknown as Take
const asked = { kind: 'draft', model: 'noor', width: null, height: null, seconds: 2 } as const

it('is the middle of the recent ones', () =>
  expect(expectedSeconds([lasting(10), lasting(50), lasting(12)], asked)).toBe(12))

it('grows with the length', () => expect(expectedSeconds([lasting(10)], { ...asked, seconds: 6 })).toBe(30))

it('is told by takes of the same model, size and kind alone', () => {
  expect(expectedSeconds([lasting(10)], { ...asked, kind: 'master' })).toBeNull()
  expect(expectedSeconds([lasting(10)], { ...asked, width: 1280, height: 720 })).toBeNull()
  expect(expectedSeconds([lasting(10)], { ...asked, model: 'wan' })).toBeNull()
  expect(expectedSeconds([lasting(10, { state: 'failed' })], asked)).toBeNull()
})
