/** From a shot to a draft and back, and what a draft asks the server for. */
import type { Canvas, ComposerDraft, Settings, Shot, Take, TakeKind, TakesGiven } from '../../api/types'
import { type Draft, EMPTY, isAsLong, type Pin, type Region, type Source, USUAL_STRENGTH } from './draft'

type Keyframe = NonNullable<Canvas['keyframes']>[number]
type RegionGiven = NonNullable<NonNullable<Canvas['modification']>['region']>

export type ShotWords = Pick<Shot, 'prompt' | 'framing' | 'move' | 'duration_seconds' | 'composer'>

export function fromShot(shot: ShotWords): Draft {
  const { prompt, framing, move, duration_seconds: seconds } = shot
  const left = fromComposer(shot.composer ?? {})
  return {
    ...left,
    prompt: left.prompt || prompt,
    framing,
    move,
    seconds: left.seconds ?? seconds,
  }
}

/** What a take was made of, to go on from: its words have framing and move in them already. */
export function recipeOf({ job, drawing, kind }: Pick<Take, 'job' | 'drawing' | 'kind'>): Draft {
  const { canvas, settings, allows_resampling, has_sound, alias } = job
  return fromComposer({ canvas, model: alias, settings, allows_resampling, has_sound, drawing, kind })
}

/** All of a shot that the composer says. */
export function toShot(draft: Draft): Required<ShotWords> {
  return {
    prompt: draft.prompt.trim(),
    framing: draft.framing,
    move: draft.move,
    duration_seconds: draft.seconds,
    composer: toComposer(draft),
  }
}

function toComposer(draft: Draft): ComposerDraft {
  const { prompt: _, duration_seconds: __, ...canvas } = canvasOf(draft)
  return {
    canvas,
    kind: draft.kind,
    count: draft.count,
    settings: { ...draft.kept.settings, ...own(draft) },
    has_sound: draft.hasSound,
    ...given('model', draft.model),
    ...given('allows_resampling', draft.allowsResampling),
    ...given('drawing', draft.drawing),
  }
}

/** The canvas, as far as the composer says it; what is not told is left out. */
export function canvasOf(draft: Draft): Canvas {
  const isTimed = draft.source === null || !isAsLong(draft.source.role)
  return {
    ...draft.kept.canvas,
    ...given('prompt', draft.prompt.trim() || null),
    ...given('negative_prompt', draft.negative.trim() || null),
    ...(draft.width !== null && draft.height !== null && { width: draft.width, height: draft.height }),
    ...given('duration_seconds', isTimed ? draft.seconds : null),
    ...(draft.pins.length > 0 && { keyframes: draft.pins.map(keyframeOf) }),
    ...(draft.source && startOf(draft.source)),
    ...given('sound', draft.sound),
    ...(draft.isLoop && { is_loop: true }),
    ...given('seed', draft.seed),
  }
}

/** Takes of what stands in the composer, which the server has by then: it puts framing and move to the words. */
export function takesOf(draft: Draft, model: string): TakesGiven {
  const { kind, count } = draft
  return {
    kind,
    count,
    model,
    settings: settingsOf(draft, kind),
    has_sound: draft.hasSound,
    ...given('allows_resampling', draft.allowsResampling),
    ...given('drawing', draft.drawing),
  }
}

/** The same, for a draft that the server does not have yet: what an estimate is asked for. */
export function estimateOf(draft: Draft, model: string): TakesGiven {
  const { duration_seconds, ...rest } = canvasOf(draft)
  const canvas = {
    ...rest,
    ...given('duration_seconds', draft.kind === 'still' ? null : (duration_seconds ?? null)),
  }
  const { drawing: _, ...takes } = takesOf(draft, model)
  return { ...takes, canvas }
}

/** A take made whole: with its own canvas and its own seed. */
export function masterOf(take: Pick<Take, 'id'>): TakesGiven {
  return { kind: 'master', from_take_id: take.id, seed: 'same' }
}

/** A draft is made in few steps, however many a master has. */
function settingsOf(draft: Draft, kind: TakeKind): Settings {
  if (kind !== 'draft') return { ...draft.kept.settings, ...own(draft) }
  const { steps: _, ...rest } = own(draft)
  return { ...draft.kept.settings, ...rest, is_draft: true }
}

function own(draft: Draft): Settings {
  return {
    ...given('steps', draft.steps),
    ...given('guidance_scale', draft.guidance),
    ...(draft.hasTwoStages && { two_stages: true }),
  }
}

function fromComposer(composer: ComposerDraft): Draft {
  const canvas = composer.canvas ?? {}
  const { is_draft: _, steps, guidance_scale, two_stages, ...settings } = known(composer.settings ?? {})
  return {
    ...EMPTY,
    prompt: canvas.prompt ?? '',
    negative: canvas.negative_prompt ?? '',
    width: canvas.width ?? null,
    height: canvas.height ?? null,
    seconds: canvas.duration_seconds ?? null,
    pins: (canvas.keyframes ?? []).map(pinOf),
    source: sourceOf(canvas),
    sound: canvas.sound ?? null,
    isLoop: canvas.is_loop ?? false,
    seed: canvas.seed ?? null,
    steps: steps ?? null,
    guidance: guidance_scale ?? null,
    hasTwoStages: two_stages ?? false,
    hasSound: composer.has_sound ?? true,
    model: composer.model ?? null,
    allowsResampling: composer.allows_resampling ?? null,
    drawing: composer.drawing ?? null,
    kind: composer.kind ?? EMPTY.kind,
    count: composer.count ?? EMPTY.count,
    kept: { canvas: restOf(canvas), settings },
  }
}

function restOf({ frame_rate, actions, camera, references }: Canvas): Draft['kept']['canvas'] {
  return {
    ...given('frame_rate', frame_rate ?? null),
    ...(actions?.length && { actions }),
    ...(references?.length && { references }),
    ...given('camera', camera ?? null),
  }
}

function pinOf({ image, at_seconds }: Keyframe, index: number): Pin {
  return { id: index + 1, image, at: at_seconds }
}

function keyframeOf({ image, at }: Pin): Keyframe {
  return { image, at_seconds: at }
}

function sourceOf({ extension, modification, reframing, sound_for }: Canvas): Source | null {
  const usual = { strength: USUAL_STRENGTH, region: null, left: 0.5, top: 0.5 }
  if (extension) return { ...usual, role: extension.is_before ? 'before' : 'after', clip: extension.clip }
  if (modification) {
    const { clip, strength = USUAL_STRENGTH, region } = modification
    return { ...usual, role: 'modify', clip, strength, region: region ? regionOf(region) : null }
  }
  if (reframing) {
    const { clip, left = 0.5, top = 0.5 } = reframing
    return { ...usual, role: 'reframe', clip, left, top }
  }
  return sound_for ? { ...usual, role: 'sound_for', clip: sound_for } : null
}

function regionOf({ rectangles, mask, is_kept }: RegionGiven): Region {
  return { boxes: rectangles ?? [], mask: mask ?? null, isKept: is_kept ?? true }
}

function givenRegion({ boxes, mask, isKept }: Region): RegionGiven {
  return {
    ...(boxes.length > 0 && { rectangles: [...boxes] }),
    ...given('mask', mask),
    ...(!isKept && { is_kept: false }),
  }
}

function startOf({ role, clip, strength, region, left, top }: Source): Canvas {
  switch (role) {
    case 'after':
      return { extension: { clip } }
    case 'before':
      return { extension: { clip, is_before: true } }
    case 'modify':
      return { modification: { clip, strength, ...(region && { region: givenRegion(region) }) } }
    case 'reframe':
      return { reframing: { clip, left, top } }
    case 'sound_for':
      return { sound_for: clip }
  }
}

function known<Fields extends object>(fields: Fields): Fields {
  return Object.fromEntries(Object.entries(fields).filter(([, value]) => value !== null)) as Fields
}

function given<Name extends string, Value>(name: Name, value: Value | null): Partial<Record<Name, Value>> {
  return value === null ? {} : ({ [name]: value } as Record<Name, Value>)
}
