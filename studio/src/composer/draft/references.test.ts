import { describe, expect, it } from 'vitest'
import type { Model } from '../../api/types'
import { EMPTY } from './draft'
import { insteadOf, referencesOf } from './references'

const model = (name: string, honours: string[]) =>
  ({ name, model: name, honours, longest_seconds: null }) as unknown as Model
const noor = model('noor', ['text', 'first_frame', 'modify'])
const seer = model('seer', ['text', 'references'])

describe('references', () => {
  it('reach only a model whose card says that it looks at them', () => {
    expect(referencesOf(['a'], EMPTY, noor, [noor])).toEqual({ unseen: ['a'], seers: [] })
    expect(referencesOf(['a'], EMPTY, noor, [noor, seer])).toEqual({ unseen: ['a'], seers: ['seer'] })
    expect(referencesOf(['a'], EMPTY, seer, [noor, seer]).unseen).toEqual([])
  })

  it('that stand on the strip too are used there', () => {
    const pinned = { ...EMPTY, pins: [{ id: 1, image: 'asset:a', at: 0 }] }
    expect(referencesOf(['a', 'b'], pinned, noor, [noor]).unseen).toEqual(['b'])
    const source = { role: 'modify', clip: 'asset:b', strength: 0.5, region: null, left: 0, top: 0 } as const
    expect(referencesOf(['b'], { ...EMPTY, source }, noor, [noor]).unseen).toEqual([])
  })

  it('have something in their place that the model does', () => {
    const names = (of: 'picture' | 'clip', which: Model) => insteadOf(of, EMPTY, which).map((way) => way.name)
    expect(names('picture', noor)).toEqual(['first'])
    expect(names('clip', noor)).toEqual(['modify', 'ending'])
    expect(names('clip', model('words', ['text']))).toEqual([])
  })
})
