/** What of a draft cannot stand together, and what its model cannot do: the server's rules, told before it is asked. */
import type { Model } from '../../api/types'
import { coverAll } from '../region/boxes'
import { type Draft, isAsLong, type Role } from './draft'
import { type Edit, edited } from './edits'
import { frameOfPin, isCovered, type Span } from './frames'

/** What a canvas asks of a model, as `GET /models` has it in `honours`. */
export type Need =
  | 'text'
  | 'first_frame'
  | 'last_frame'
  | 'keyframes'
  | 'extend_after'
  | 'extend_before'
  | 'modify'
  | 'keep_region'
  | 'reframe'
  | 'loop'
  | 'sound_for_video'
  | 'video_for_sound'
  | 'actions'
  | 'camera'
  | 'references'

export type ClashName =
  | 'empty'
  | 'sound_for_alone'
  | 'modify_pins'
  | 'region_all'
  | 'loop_extends'
  | 'loop_last'
  | 'same_time'
  | 'late'
  | 'covered'
  | 'reframe_size'
  | 'many'
  | 'long'
  | 'stages_of_sound'
  | 'cannot_two_stages'
  | `cannot_${Need}`
export type Place = 'prompt' | 'pins' | 'source' | 'sound' | 'loop' | 'move' | 'size' | 'seconds' | 'stages'

export interface Clash {
  name: ClashName
  at: Place
}

const MOST_PINS = 64
const NEED_OF: Record<Role, Need> = {
  after: 'extend_after',
  before: 'extend_before',
  modify: 'modify',
  reframe: 'reframe',
  sound_for: 'sound_for_video',
}

type Abilities = Pick<Model, 'honours' | 'longest_seconds' | 'in_two_stages'> | null

/** All that would be refused; empty: it can be made. */
export function clashesOf(draft: Draft, model: Abilities, span: Span | null = null): Clash[] {
  return [...combined(draft, span), ...beyond(draft, model)]
}

/** Why an edit should not be made: the first thing that would clash after it and does not now; what no other edit mends goes first. */
export function whyNot(draft: Draft, edit: Edit, model: Abilities): Clash | null {
  const before = new Set(clashesOf(draft, model).map((clash) => clash.name))
  const after = clashesOf(edited(draft, edit), model).filter((clash) => !before.has(clash.name))
  return after.find((clash) => clash.name.startsWith('cannot_')) ?? after[0] ?? null
}

/** What of a draft a model is asked for, and where that stands. */
export function needsOf(draft: Draft): [Need, Place][] {
  const { pins, source } = draft
  const needs: [Need, Place, boolean][] = [
    ['text', 'prompt', draft.prompt.trim() !== ''],
    ['first_frame', 'pins', pins.some((pin) => pin.at === 0)],
    ['last_frame', 'pins', pins.some((pin) => pin.at === null)],
    ['keyframes', 'pins', pins.some((pin) => pin.at !== null && pin.at > 0)],
    ['loop', 'loop', draft.isLoop],
    ['video_for_sound', 'sound', draft.sound !== null],
    ['actions', 'source', (draft.kept.canvas.actions ?? []).length > 0],
    ['camera', 'move', Boolean(draft.kept.canvas.camera)],
    ['references', 'source', (draft.kept.canvas.references ?? []).length > 0],
  ]
  if (source !== null) {
    needs.push([NEED_OF[source.role], 'source', true])
    needs.push(['keep_region', 'source', source.role === 'modify' && source.region !== null])
  }
  return needs.filter(([, , isAsked]) => isAsked).map(([need, place]) => [need, place])
}

function beyond(draft: Draft, model: Abilities): Clash[] {
  if (model === null) return []
  const clashes = needsOf(draft)
    .filter(([need]) => !model.honours.includes(need))
    .map(([need, at]): Clash => ({ name: `cannot_${need}`, at }))
  const isInOne = draft.hasTwoStages && !model.in_two_stages
  if (isInOne) clashes.push({ name: 'cannot_two_stages', at: 'stages' })
  return isTooLong(draft, model) ? [...clashes, { name: 'long', at: 'seconds' }] : clashes
}

function isTooLong(draft: Draft, model: NonNullable<Abilities>): boolean {
  if (draft.allowsResampling === true || (draft.source !== null && isAsLong(draft.source.role))) return false
  return (draft.seconds ?? 0) > (model.longest_seconds ?? Infinity) + 1e-6
}

function combined(draft: Draft, span: Span | null): Clash[] {
  const { pins, source, isLoop, sound } = draft
  const role = source?.role
  const extends_ = role === 'after' || role === 'before'
  const times = pins.map((pin) => (span === null ? pin.at : frameOfPin(pin, span)))
  const rules: [boolean, ClashName, Place][] = [
    [needsOf(draft).every(([need]) => need === 'loop'), 'empty', 'prompt'],
    [role === 'sound_for' && (pins.length > 0 || sound !== null || isLoop), 'sound_for_alone', 'source'],
    [role === 'sound_for' && draft.hasTwoStages, 'stages_of_sound', 'stages'],
    [role === 'modify' && pins.length > 0, 'modify_pins', 'pins'],
    [role === 'modify' && coverAll(source?.region?.boxes ?? []), 'region_all', 'source'],
    [role === 'reframe' && draft.width === null, 'reframe_size', 'size'],
    [isLoop && extends_, 'loop_extends', 'loop'],
    [isLoop && pins.some((pin) => pin.at === null), 'loop_last', 'loop'],
    [new Set(times).size < times.length, 'same_time', 'pins'],
    [span !== null && pins.some((pin) => pin.at !== null && pin.at >= span.total), 'late', 'pins'],
    [extends_ && span !== null && isOnClip(pins, span), 'covered', 'pins'],
    [pins.length > MOST_PINS, 'many', 'pins'],
  ]
  return rules.filter(([isSo]) => isSo).map(([, name, at]) => ({ name, at }))
}

function isOnClip(pins: Draft['pins'], span: Span): boolean {
  return pins.some((pin) => frameOfPin(pin, span) < span.frames && isCovered(frameOfPin(pin, span), span))
}
