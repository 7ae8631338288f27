import { expect, test } from 'vitest'
import { leavesCameraFree } from './camera'
import type { Draft, Source } from './draft'

const NOTHING: Pick<Draft, 'pins' | 'source' | 'isLoop'> = { pins: [], source: null, isLoop: false }
const from = (role: Source['role']) => ({ role }) as Source
const pin = (at: number | null) => ({ id: 1, image: 'asset:a', at })

test('a camera goes on from words, from a first picture, or beyond a clip', () => {
  expect(leavesCameraFree(NOTHING)).toBe(true)
  expect(leavesCameraFree({ ...NOTHING, pins: [pin(0)] })).toBe(true)
  expect(leavesCameraFree({ ...NOTHING, source: from('after') })).toBe(true)
})

test('it is where pictures on both sides, a clip that is changed, or a loop have it', () => {
  expect(leavesCameraFree({ ...NOTHING, isLoop: true })).toBe(false)
  expect(leavesCameraFree({ ...NOTHING, source: from('modify') })).toBe(false)
  expect(leavesCameraFree({ ...NOTHING, pins: [pin(0), pin(null)] })).toBe(false)
  expect(leavesCameraFree({ ...NOTHING, pins: [pin(0)], source: from('after') })).toBe(false)
})
