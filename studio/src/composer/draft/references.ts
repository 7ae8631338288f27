/** Files that a shot is to look like: which models look at them, and what has the same effect where none does. */
import type { Model } from '../../api/types'
import type { Draft } from './draft'
import { type Of, type Way, type WayName, waysOf } from './ways'

/** As `GET /models` would have it in `honours`; a model whose card does not say so never sees them. */
const ABILITY = 'references'
const INSTEAD: Record<Of, readonly WayName[]> = {
  picture: ['first', 'last'],
  clip: ['modify', 'ending'],
  sound: [],
}

export interface References {
  /** Of these, what the takes that are asked for now will not be made from. */
  unseen: readonly string[]
  /** Other models that would look at them. */
  seers: readonly string[]
}

export function referencesOf(
  ids: readonly string[],
  draft: Draft,
  model: Model,
  models: readonly Model[],
): References {
  if (looks(model)) return { unseen: [], seers: [] }
  const used = new Set([...draft.pins.map((pin) => pin.image), draft.source?.clip, draft.sound])
  return {
    unseen: ids.filter((id) => !used.has(`asset:${id}`)),
    seers: models.filter((one) => one.name === one.model && looks(one)).map((one) => one.name),
  }
}

/** What would work in a reference's place, and can be now. */
export function insteadOf(of: Of, draft: Draft, model: Model): Way[] {
  const ways = waysOf({ of, hasRecipe: false }, { on: 'anywhere', time: 0 }, draft, model)
  return INSTEAD[of].flatMap((name) => ways.filter((way) => way.name === name && way.why === null))
}

function looks(model: Model): boolean {
  return model.honours.includes(ABILITY)
}
