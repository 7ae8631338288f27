import { describe, expect, it } from 'vitest'
import { clashesOf, whyNot } from './clashes'
import { type Draft, EMPTY, type Role } from './draft'
import { type Edit, edited } from './edits'
import { spanOf } from './frames'

const NOOR = {
  honours: [
    'text',
    'first_frame',
    'last_frame',
    'keyframes',
    'extend_after',
    'modify',
    'loop',
    'video_for_sound',
  ],
  longest_seconds: 12,
  in_two_stages: null,
}
const LTX = {
  ...NOOR,
  honours: [...NOOR.honours, 'sound_for_video'],
  in_two_stages: { sizes: [{ width: 1536, height: 1024 }], size_multiple: 64 },
}
const stages: Edit = { do: 'set', values: { hasTwoStages: true } }
const start = (role: Role): Edit => ({ do: 'start', clip: 'asset:c', role })
const pin = (at: number | null): Edit => ({ do: 'pin', image: 'asset:p', at })
const loop: Edit = { do: 'set', values: { isLoop: true } }
const sound: Edit = { do: 'set', values: { sound: 'asset:s' } }
const drafted = (...edits: Edit[]): Draft => edits.reduce(edited, { ...EMPTY, prompt: 'a ball' })
const names = (draft: Draft) => clashesOf(draft, null).map((clash) => clash.name)

describe('a draft', () => {
  it('with nothing in it cannot be made, a loop of nothing neither', () => {
    expect(names(EMPTY)).toEqual(['empty'])
    expect(names(edited(EMPTY, loop))).toEqual(['empty'])
    expect(names(edited(EMPTY, pin(0)))).toEqual([])
  })

  it.each<[string, Edit[]]>([
    ['sound_for_alone', [start('sound_for'), pin(0)]],
    ['sound_for_alone', [start('sound_for'), sound]],
    ['sound_for_alone', [start('sound_for'), loop]],
    ['modify_pins', [start('modify'), pin(1)]],
    ['reframe_size', [start('reframe')]],
    ['loop_extends', [loop, start('after')]],
    ['loop_extends', [loop, start('before')]],
    ['loop_last', [loop, pin(null)]],
  ])('clashes as the server has it: %s', (name, edits) => expect(names(drafted(...edits))).toEqual([name]))

  it.each<[Edit[]]>([
    [[pin(0), pin(1), pin(null)]],
    [[start('after'), pin(3)]],
    [[start('modify')]],
    [[loop, pin(0)]],
    [[sound, pin(0), loop]],
    [[start('reframe'), { do: 'set', values: { width: 720, height: 1280 } }]],
  ])('that is whole has none', (edits) => expect(names(drafted(...edits))).toEqual([]))

  it('has no pictures past its end, nor two at one frame', () => {
    const draft = { ...drafted(pin(3)), seconds: 2 }
    const span = spanOf(draft, null, null, null)
    expect(clashesOf(draft, null, span).map((clash) => clash.name)).toEqual(['late'])
    const twice = { ...drafted(pin(null), pin(47 / 24)), seconds: 2 }
    expect(clashesOf(twice, null, spanOf(twice, null, null, null)).map((one) => one.name)).toEqual([
      'same_time',
    ])
  })
})

describe('a model', () => {
  it('says what it cannot do, and where that stands', () => {
    const draft = { ...drafted(start('reframe')), width: 720, height: 1280 }
    expect(clashesOf(draft, NOOR)).toEqual([{ name: 'cannot_reframe', at: 'source' }])
    expect(clashesOf(drafted(start('before')), NOOR)[0]?.name).toBe('cannot_extend_before')
  })

  it('keeps a region of a clip, or does not', () => {
    const region = { boxes: [{ left: 0, top: 0, width: 0.5, height: 1 }], mask: null, isKept: true }
    const draft = drafted(start('modify'), { do: 'source', values: { region } })
    expect(clashesOf(draft, NOOR)).toEqual([{ name: 'cannot_keep_region', at: 'source' }])
    expect(clashesOf(draft, { ...NOOR, honours: [...NOOR.honours, 'keep_region'] })).toEqual([])
    const turned = edited(draft, { do: 'source', values: { role: 'after' } })
    expect(clashesOf(turned, NOOR)).toEqual([])
    const all = { ...region, boxes: [{ left: 0, top: 0, width: 1, height: 1 }] }
    expect(names(edited(draft, { do: 'source', values: { region: all } }))).toEqual(['region_all'])
  })

  it('makes only so much, unless going on is allowed', () => {
    expect(clashesOf({ ...drafted(), seconds: 13 }, NOOR)).toEqual([{ name: 'long', at: 'seconds' }])
    expect(clashesOf({ ...drafted(), seconds: 13, allowsResampling: true }, NOOR)).toEqual([])
    expect(clashesOf({ ...drafted(start('modify')), seconds: 13 }, NOOR)).toEqual([])
  })
})

describe('an edit', () => {
  it('is told why it cannot be, by what it would bring', () => {
    expect(whyNot(drafted(pin(0)), start('modify'), NOOR)?.name).toBe('modify_pins')
    expect(whyNot(drafted(loop), pin(null), NOOR)?.name).toBe('loop_last')
    expect(whyNot(drafted(), start('sound_for'), NOOR)?.name).toBe('cannot_sound_for_video')
    expect(whyNot(drafted(), start('after'), NOOR)).toBeNull()
    expect(whyNot(drafted(), start('reframe'), { ...NOOR, honours: ['text'] })?.name).toBe('cannot_reframe')
  })

  it('is not blamed for what clashed before', () => {
    expect(whyNot(drafted(start('modify'), pin(0)), loop, NOOR)).toBeNull()
  })
})

describe('two stages', () => {
  it('are for a model that has them, and for frames', () => {
    expect(whyNot(drafted(), stages, LTX)).toBeNull()
    expect(whyNot(drafted(start('sound_for')), stages, LTX)).toEqual({
      name: 'stages_of_sound',
      at: 'stages',
    })
    expect(clashesOf(drafted(stages), NOOR)).toEqual([{ name: 'cannot_two_stages', at: 'stages' }])
    expect(clashesOf(drafted(stages, start('after'), pin(3)), LTX)).toEqual([])
  })
})
