import { expect, it } from 'vitest'
import type { Model } from '../../api/types'
import { type ClashName, clashesOf } from './clashes'
import { type Draft, EMPTY, type Role } from './draft'
import { type Edit, edited } from './edits'
import { fixOf } from './fixes'
import { spanOf } from './frames'

const MODEL = {
  honours: ['text', 'modify', 'first_frame', 'loop', 'extend_after', 'keyframes', 'last_frame'],
  longest_seconds: 4,
} as unknown as Model
const start = (role: Role): Edit => ({ do: 'start', clip: 'asset:c', role })
const pin = (at: number | null): Edit => ({ do: 'pin', image: `asset:${at}`, at })
const loop: Edit = { do: 'set', values: { isLoop: true } }
const drafted = (values: Partial<Draft>, ...edits: Edit[]) =>
  edits.reduce(edited, { ...EMPTY, prompt: 'a ball', seconds: 2, ...values })

it.each<[ClashName, Draft]>([
  ['loop_extends', drafted({}, loop, start('after'))],
  ['loop_last', drafted({}, loop, pin(null))],
  ['modify_pins', drafted({}, start('modify'), pin(0), pin(1))],
  ['late', drafted({}, pin(1), pin(3), pin(5))],
  ['covered', drafted({}, start('after'), pin(0), pin(1), pin(null))],
  ['same_time', drafted({}, pin(null), pin(47 / 24))],
  ['long', drafted({ seconds: 9 })],
  ['cannot_reframe', drafted({ width: 8, height: 8 }, start('reframe'))],
  ['cannot_video_for_sound', drafted({ sound: 'asset:s' })],
])('%s is ended', (name, draft) => {
  const found = (one: Draft) =>
    clashesOf(one, MODEL, spanOf(one, MODEL, null, null)).map((clash) => clash.name)
  expect(found(draft)).toContain(name)
  const fixed = fixOf({ name, at: 'pins' }, draft, MODEL, spanOf(draft, MODEL, null, null)).reduce(
    edited,
    draft,
  )
  expect(found(fixed)).toEqual([])
})

it('pictures that are too late stay, in their order', () => {
  const draft = drafted({}, pin(1), pin(3), pin(5))
  const fixed = fixOf({ name: 'late', at: 'pins' }, draft, MODEL, spanOf(draft, MODEL, null, null)).reduce(
    edited,
    draft,
  )
  expect(fixed.pins.map((one) => one.image).sort()).toEqual(['asset:1', 'asset:3', 'asset:5'])
})
