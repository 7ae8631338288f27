import { describe, expect, it } from 'vitest'
import type { Job, Shot, Take } from '../../api/types'
import { costOf, faceOf, shapeOf, standing, workOn } from './jobs'

const job = (change: Partial<Job>) =>
  ({ state: 'succeeded', is_held: false, is_cancel_asked: false, outputs: {}, ...change }) as Job
const take = (id: string, kind: Take['kind'], change: Partial<Job> = {}) =>
  ({ id, kind, job: job(change) }) as Take
const shot = (takes: Take[], chosen: string | null = null) => ({ takes, chosen_take_id: chosen }) as Shot

describe('a job', () => {
  it('that waits may be held, and one that runs may be on its way out', () => {
    expect(standing(job({ state: 'queued', is_held: true }))).toBe('held')
    expect(standing(job({ state: 'running', is_cancel_asked: true }))).toBe('cancelling')
    expect(standing(job({ state: 'failed', is_held: true }))).toBe('failed')
  })
})

describe('the face of a shot', () => {
  const drafts = [take('a', 'draft'), take('b', 'draft'), take('c', 'draft', { state: 'failed' })]
  it('is its newest take that was made', () => expect(faceOf(shot(drafts))?.id).toBe('b'))
  it('is a master before drafts', () => expect(faceOf(shot([take('m', 'master'), ...drafts]))?.id).toBe('m'))
  it('is the chosen one before all', () =>
    expect(faceOf(shot([...drafts, take('m', 'master')], 'a'))?.id).toBe('a'))
  it('is none where nothing was made', () => expect(faceOf(shot([]))).toBeNull())
})

describe('the work on a shot', () => {
  const held = take('a', 'draft', { state: 'queued', is_held: true })
  const waits = take('b', 'draft', { state: 'queued' })
  it('is held where all of it is', () => expect(workOn(shot([held, take('c', 'draft')]))).toBe('held'))
  it('runs where some of it may', () => expect(workOn(shot([held, waits]))).toBe('running'))
  it('is none where all has ended', () => expect(workOn(shot([take('c', 'draft')]))).toBeNull())
})

describe('the shape of a shot', () => {
  const wide = take('a', 'draft', { outputs: { video: { width: 224, height: 128 } as never } })
  it('is the project’s, else that of what was made, else wide', () => {
    expect(shapeOf([wide], { width: 128, height: 128 })).toBe(1)
    expect(shapeOf([wide], { width: null, height: null })).toBe(224 / 128)
    expect(shapeOf([], { width: null, height: null })).toBe(16 / 9)
  })
})

it('that did not succeed has cost nothing', () => {
  expect(costOf({ cost: 3, state: 'succeeded' })).toBe(3)
  expect(costOf({ cost: 3, state: 'running' })).toBe(3)
  expect([costOf({ cost: 3, state: 'failed' }), costOf({ cost: 3, state: 'cancelled' })]).toEqual([0, 0])
})
