import { describe, expect, it } from 'vitest'
import type { Model } from '../../api/types'
import { EMPTY } from './draft'
import { edited } from './edits'
import { onlyWay, type Spot, waysOf } from './ways'

const MODEL = {
  honours: [
    'text',
    'first_frame',
    'last_frame',
    'keyframes',
    'extend_after',
    'modify',
    'video_for_sound',
    'loop',
  ],
  longest_seconds: null,
} as unknown as Model
const picture = { of: 'picture', hasRecipe: false } as const
const take = { of: 'clip', hasRecipe: true } as const
const clip = { of: 'clip', hasRecipe: false } as const
const names = (thing: Parameters<typeof waysOf>[0], spot: Spot) =>
  waysOf(thing, spot, EMPTY, MODEL).map((way) => way.name)

describe('a picture', () => {
  it('let go on the strip is pinned there at once', () => {
    const way = onlyWay(waysOf(picture, { on: 'strip', time: 0.5 }, EMPTY, MODEL))
    expect(way?.edit?.('asset:p')).toEqual({ do: 'pin', image: 'asset:p', at: 0.5 })
  })
  it('at an end is the first or the last frame', () => {
    expect(names(picture, { on: 'start' })).toEqual(['first'])
    expect(names(picture, { on: 'end' })).toEqual(['last'])
  })
  it('anywhere else is asked about; nobody is asked the same twice', () => {
    expect(names(picture, { on: 'anywhere', time: 1 })).toEqual(['first', 'here', 'last', 'reference'])
    expect(names(picture, { on: 'anywhere', time: 0 })).toEqual(['first', 'last', 'reference'])
  })
  it('is not pinned where it cannot be, and it is said why', () => {
    const draft = edited(EMPTY, { do: 'start', clip: 'asset:c', role: 'modify' })
    const ways = waysOf(picture, { on: 'start' }, draft, MODEL)
    expect(ways[0]?.why?.name).toBe('modify_pins')
    expect(onlyWay(ways)).toBeNull()
  })
})

describe('a clip', () => {
  it('goes before what is new at the start, or gives its last frame', () =>
    expect(names(clip, { on: 'start' })).toEqual(['after', 'ending']))
  it('leads up to nothing that the model cannot', () => {
    const [way] = waysOf(clip, { on: 'end' }, EMPTY, MODEL)
    expect(way).toMatchObject({ name: 'before', why: { name: 'cannot_extend_before' } })
  })
  it('that is a take may be made anew', () => {
    expect(names(take, { on: 'anywhere', time: 0 })).toContain('recipe')
    expect(names(clip, { on: 'anywhere', time: 0 })).not.toContain('recipe')
  })
})

it('a sound is a sound wherever it falls, and no reference', () => {
  const sound = { of: 'sound', hasRecipe: false } as const
  for (const on of ['start', 'end', 'sound'] as const) expect(names(sound, { on })).toEqual(['sound'])
  expect(names(sound, { on: 'references' })).toEqual([])
})
