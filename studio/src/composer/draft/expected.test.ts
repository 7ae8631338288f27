import { expect, it } from 'vitest'
import type { Model, Take } from '../../api/types'
import { askedAgain, askedOfShot, expectedSeconds, spentSeconds } from './expected'

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

it('counts only what is new of a clip that was gone on from', () => {
  const longer = { canvas: { extension: { clip: 'asset:a' }, duration_seconds: 1 } }
  const video = { outputs: { video: { duration_seconds: 3 } } }
  expect(expectedSeconds([lasting(10, { ...longer, ...video })], asked)).toBe(20)
  const played = { canvas: { extension: { clip: 'asset:a' }, actions: Array(12).fill('none') } }
  const clip = { outputs: { video: { duration_seconds: 3, frame_rate: 12 } } }
  expect(expectedSeconds([lasting(10, { ...played, ...clip })], asked)).toBe(20)
})

it('is the same wherever a shot or a take is asked for', () => {
  const shot = { prompt: 'a ball', framing: null, move: null, duration_seconds: 2, composer: null }
  const models = [{ name: 'noor', default_seconds: 3, frame_rate: 12 }] as Model[]
  const project = { width: null, height: null, model: null }
  expect(askedOfShot(shot, 'draft', project, models)).toEqual(asked)
  expect(askedOfShot({ ...shot, duration_seconds: null }, 'draft', project, models)?.seconds).toBe(3)
  expect(askedOfShot(shot, 'draft', { ...project, model: 'gone' }, models)).toBeNull()
  expect(askedAgain(lasting(1), 'draft')).toEqual(asked)
  expect(expectedSeconds([lasting(10)], null)).toBeNull()
})

it('is not told of what did not end', () => {
  expect(spentSeconds({ started_at: '2026-11-22T12:00:00Z', ended_at: null })).toBeNull()
  expect(spentSeconds({ started_at: '2026-11-22T12:00:00Z', ended_at: '2026-11-22T12:00:07Z' })).toBe(7)
})
