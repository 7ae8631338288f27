import { describe, expect, it } from 'vitest'
import type { Canvas, ComposerDraft, Take } from '../../api/types'
import { canvasOf, estimateOf, fromShot, masterOf, recipeOf, type ShotWords, takesOf, toShot } from './canvas'
import { EMPTY } from './draft'
import { edited } from './edits'

const words = (composer: ComposerDraft | null): ShotWords => ({
  prompt: 'a red ball',
  framing: 'close',
  move: 'pan_left',
  duration_seconds: 2,
  composer,
})
const take = (canvas: Canvas) =>
  ({
    id: 't',
    kind: 'draft',
    drawing: null,
    job: {
      canvas,
      alias: 'noor',
      settings: { is_draft: true, shift: 3 },
      allows_resampling: true,
      has_sound: false,
    },
  }) as unknown as Take

describe('a draft', () => {
  it('is made in two stages where it was left so, and as a take was', () => {
    const left = fromShot(words({ settings: { two_stages: true, steps: 9 } }))
    expect(takesOf({ ...left, kind: 'draft' }, 'ltx').settings).toEqual({ two_stages: true, is_draft: true })
    expect(takesOf({ ...left, kind: 'master' }, 'ltx').settings).toEqual({ two_stages: true, steps: 9 })
    expect(toShot({ ...left, hasTwoStages: false }).composer?.settings).toEqual({ steps: 9 })
  })

  it('begins with the words of its shot', () => {
    const draft = fromShot(words(null))
    expect(draft).toMatchObject({
      prompt: 'a red ball',
      framing: 'close',
      move: 'pan_left',
      seconds: 2,
      kind: 'draft',
    })
    expect(toShot(draft)).toMatchObject({ prompt: 'a red ball', duration_seconds: 2 })
  })

  it.each<[string, Canvas]>([
    [
      'keyframes',
      {
        keyframes: [
          { image: 'asset:a', at_seconds: 0 },
          { image: 'asset:b', at_seconds: null },
        ],
      },
    ],
    ['a clip before', { extension: { clip: 'asset:c' } }],
    ['a clip after', { extension: { clip: 'asset:c', is_before: true } }],
    ['a clip to change', { modification: { clip: 'asset:c', strength: 0.3 } }],
    [
      'a region to keep',
      {
        modification: {
          clip: 'asset:c',
          strength: 0.3,
          region: { rectangles: [{ left: 0, top: 0, width: 0.5, height: 1 }] },
        },
      },
    ],
    [
      'a mask of what changes',
      { modification: { clip: 'asset:c', strength: 0.3, region: { mask: 'asset:m', is_kept: false } } },
    ],
    ['a clip to reframe', { reframing: { clip: 'asset:c', left: 0, top: 1 }, width: 720, height: 1280 }],
    ['a clip without sound', { sound_for: 'asset:c' }],
    [
      'the rest',
      {
        sound: 'asset:s',
        is_loop: true,
        seed: 7,
        negative_prompt: 'blur',
        actions: ['left'],
        frame_rate: 12,
      },
    ],
  ])('comes back as it was kept, with %s', (_, canvas) => {
    const composer: ComposerDraft = {
      canvas,
      kind: 'master',
      count: 4,
      model: 'noor',
      settings: { steps: 9, guidance_scale: 2, solver: 'euler' },
      has_sound: false,
      allows_resampling: true,
      drawing: { at_seconds: 1, marks: [] },
    }
    expect(toShot(fromShot(words(composer)))).toEqual(words(composer))
  })

  it('leaves nulls of the server out', () => {
    const composer = { canvas: { camera: null, seed: null }, settings: { steps: null, shift: null } }
    expect(fromShot(words(composer)).kept).toEqual({ canvas: {}, settings: {} })
  })

  it('has no length of its own where its clip has one', () => {
    const draft = edited({ ...EMPTY, seconds: 2 }, { do: 'start', clip: 'asset:c', role: 'modify' })
    expect(canvasOf(draft)).not.toHaveProperty('duration_seconds')
    expect(canvasOf(edited(draft, { do: 'source', values: { role: 'after' } })).duration_seconds).toBe(2)
  })
})

describe('takes of a draft', () => {
  const draft = { ...EMPTY, prompt: 'a ball', seconds: 2, steps: 30, guidance: 3, count: 4 }
  it('are drafts of few steps, however many a master has', () => {
    expect(takesOf(draft, 'noor')).toMatchObject({
      kind: 'draft',
      count: 4,
      settings: { is_draft: true, guidance_scale: 3 },
    })
    expect(takesOf(draft, 'noor').settings).not.toHaveProperty('steps')
    expect(takesOf({ ...draft, kind: 'master' }, 'noor').settings).toEqual({ steps: 30, guidance_scale: 3 })
  })

  it('leave the canvas to the server, which has it by then', () => {
    expect(takesOf(draft, 'noor')).not.toHaveProperty('canvas')
  })

  it('are weighed with their canvas; a still has no length', () => {
    expect(estimateOf(draft, 'noor').canvas).toEqual({ prompt: 'a ball', duration_seconds: 2 })
    expect(estimateOf({ ...draft, kind: 'still' }, 'noor').canvas).toEqual({ prompt: 'a ball' })
  })
})

describe('a take', () => {
  it('is made whole with its own seed', () =>
    expect(masterOf(take({}))).toEqual({ kind: 'master', from_take_id: 't', seed: 'same' }))

  it('is a recipe, whose words have framing and move in them', () => {
    const draft = recipeOf(take({ prompt: 'a ball, close-up', seed: 3 }))
    expect(draft).toMatchObject({
      prompt: 'a ball, close-up',
      framing: null,
      move: null,
      seed: 3,
      model: 'noor',
      hasSound: false,
    })
    expect(draft.kept.settings).toEqual({ shift: 3 })
  })
})
