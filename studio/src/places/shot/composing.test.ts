import { describe, expect, it } from 'vitest'
import type { ProjectWhole, Shot } from '../../api/types'
import { asked, composed, estimated } from './composing'

const shot = (change: Partial<Shot> = {}) =>
  ({ prompt: 'a red ball', duration_seconds: 2, composer: null, ...change }) as Shot
const project = { width: 224, height: 128, model: null } as ProjectWhole

describe('the composer', () => {
  it('keeps what differs from the project, and nothing else', () => {
    const own = composed(shot(), { width: 128, height: 128 })
    expect(own).toEqual({ canvas: { width: 128, height: 128 } })
    expect(composed(shot({ composer: own }), { width: null, height: null })).toBeNull()
    expect(composed(shot({ composer: own }), { model: 'noor-nano' })).toEqual({
      model: 'noor-nano',
      canvas: { width: 128, height: 128 },
    })
  })

  it('leaves the canvas to the server where nothing of it is set', () => {
    expect(asked(shot(), { kind: 'draft', count: 3, seed: null })).toEqual({
      kind: 'draft',
      count: 3,
      seed: 'new',
    })
  })

  it('sends the words of the shot with a canvas of its own', () => {
    const composer = { canvas: { width: 128, height: 128 }, model: 'noor-nano' }
    expect(asked(shot({ composer }), { kind: 'master', count: 1, seed: 7 })).toEqual({
      kind: 'master',
      count: 1,
      seed: 7,
      model: 'noor-nano',
      canvas: { prompt: 'a red ball', duration_seconds: 2, width: 128, height: 128 },
    })
  })

  it('weighs a still as a picture without length, and a draft as one', () => {
    expect(estimated(shot(), project, { kind: 'still', count: 1, seed: null })).toEqual({
      kind: 'image',
      canvas: { prompt: 'a red ball', width: 224, height: 128 },
    })
    expect(estimated(shot(), project, { kind: 'draft', count: 1, seed: null })).toMatchObject({
      kind: 'video',
      settings: { is_draft: true },
      canvas: { duration_seconds: 2 },
    })
  })
})
