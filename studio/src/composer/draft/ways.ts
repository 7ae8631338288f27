/** What a thing that is dropped, or chosen by a button, may become. One way is taken at once; of several a person chooses. */
import type { Model } from '../../api/types'
import { type Clash, whyNot } from './clashes'
import type { Draft, Role } from './draft'
import type { Edit } from './edits'

export type Of = 'picture' | 'clip' | 'sound'

/** Where it is let go. `time` is a place on the strip, in seconds as a pin has them. */
export type Spot =
  | { on: 'strip'; time: number | null }
  | { on: 'start' | 'end' | 'sound' | 'references' }
  | { on: 'anywhere'; time: number | null }

export type WayName = 'first' | 'last' | 'here' | Role | 'sound' | 'ending' | 'recipe' | 'reference'

export interface Way {
  name: WayName
  /** What it does to the draft once the thing is on the server; null: something else than the draft changes. */
  edit: ((reference: string) => Edit) | null
  /** Why it cannot be now. */
  why: Clash | null
}

const ORDER: Record<Of, readonly WayName[]> = {
  picture: ['first', 'here', 'last', 'reference'],
  clip: ['after', 'before', 'modify', 'reframe', 'sound_for', 'ending', 'recipe', 'reference'],
  sound: ['sound'],
}

const AT_SPOT: Record<Exclude<Spot['on'], 'anywhere'>, Record<Of, readonly WayName[]>> = {
  strip: {
    picture: ['here'],
    clip: ['after', 'before', 'modify', 'reframe', 'sound_for', 'ending', 'recipe'],
    sound: ['sound'],
  },
  start: { picture: ['first'], clip: ['after', 'ending'], sound: ['sound'] },
  end: { picture: ['last'], clip: ['before'], sound: ['sound'] },
  sound: { picture: ['first', 'here', 'last'], clip: ['sound_for'], sound: ['sound'] },
  references: { picture: ['reference'], clip: ['reference'], sound: [] },
}

interface Dropped {
  of: Of
  /** A take, whose whole canvas is known. */
  hasRecipe: boolean
}

export function waysOf(thing: Dropped, spot: Spot, draft: Draft, model: Model | null): Way[] {
  const names = spot.on === 'anywhere' ? ORDER[thing.of] : AT_SPOT[spot.on][thing.of]
  const time = 'time' in spot ? spot.time : 0
  return names
    .filter((name) => name !== 'recipe' || thing.hasRecipe)
    .filter((name) => name !== 'here' || spot.on === 'strip' || (time !== 0 && time !== null))
    .map((name) => {
      const edit = editOf(name, time)
      return { name, edit, why: edit === null ? null : whyNot(draft, edit('new'), model) }
    })
}

/** The way that needs no asking; null: a person chooses. */
export function onlyWay(ways: readonly Way[]): Way | null {
  const [first, ...others] = ways
  return first !== undefined && others.length === 0 && first.why === null ? first : null
}

function editOf(name: WayName, time: number | null): ((reference: string) => Edit) | null {
  switch (name) {
    case 'first':
    case 'ending':
      return (image) => ({ do: 'pin', image, at: 0 })
    case 'last':
      return (image) => ({ do: 'pin', image, at: null })
    case 'here':
      return (image) => ({ do: 'pin', image, at: time })
    case 'sound':
      return (sound) => ({ do: 'set', values: { sound } })
    case 'recipe':
    case 'reference':
      return null
    default:
      return (clip) => ({ do: 'start', clip, role: name })
  }
}
