/** Everything that a person may do to a draft. */
import type { Drawing } from '../../api/types'
import { type Draft, type Pin, type Role, type Source, USUAL_STRENGTH } from './draft'

/** What is set as it is; the rest has edits of its own. */
export type Plain = Omit<Draft, 'pins' | 'source' | 'move' | 'kept' | 'drawing'>

export type Edit =
  | { do: 'set'; values: Partial<Plain> }
  | { do: 'pin'; image: string; at: number | null }
  | { do: 'repin'; id: number; at: number | null }
  | { do: 'repicture'; id: number; image: string }
  | { do: 'unpin'; id: number }
  | { do: 'start'; clip: string; role: Role }
  | { do: 'source'; values: Partial<Omit<Source, 'clip'>> }
  | { do: 'unstart' }
  | { do: 'draw'; drawing: Drawing | null }
  | { do: 'move'; move: Draft['move'] }
  | { do: 'replace'; draft: Draft }

const CENTRED = { strength: USUAL_STRENGTH, region: null, left: 0.5, top: 0.5 }

export function edited(draft: Draft, edit: Edit): Draft {
  switch (edit.do) {
    case 'set':
      return { ...draft, ...edit.values }
    case 'pin':
      return { ...draft, pins: pinned(draft.pins, edit.image, edit.at) }
    case 'repin':
      return { ...draft, pins: changed(draft.pins, edit.id, { at: edit.at }) }
    case 'repicture':
      return { ...draft, pins: changed(draft.pins, edit.id, { image: edit.image }) }
    case 'unpin':
      return { ...draft, pins: draft.pins.filter((pin) => pin.id !== edit.id) }
    case 'start':
      return { ...draft, source: { role: edit.role, clip: edit.clip, ...CENTRED } }
    case 'source':
      return draft.source === null ? draft : { ...draft, source: { ...draft.source, ...edit.values } }
    case 'unstart':
      return { ...draft, source: null }
    case 'draw':
      return { ...draft, drawing: edit.drawing }
    case 'move':
      return { ...draft, move: edit.move, kept: { ...draft.kept, canvas: withoutCamera(draft.kept.canvas) } }
    case 'replace':
      return edit.draft
  }
}

/** The shot's move is the one that counts; a path that came from elsewhere would go before it. */
function withoutCamera({ camera: _, ...canvas }: Draft['kept']['canvas']): Draft['kept']['canvas'] {
  return canvas
}

/** One picture at a time: what was pinned there before is taken off. */
function pinned(pins: readonly Pin[], image: string, at: number | null): Pin[] {
  const id = 1 + Math.max(0, ...pins.map((pin) => pin.id))
  return inOrder([...pins.filter((pin) => pin.at !== at), { id, image, at }])
}

function changed(pins: readonly Pin[], id: number, values: Partial<Pin>): Pin[] {
  return inOrder(pins.map((pin) => (pin.id === id ? { ...pin, ...values } : pin)))
}

function inOrder(pins: Pin[]): Pin[] {
  return pins.sort((one, other) => (one.at ?? Infinity) - (other.at ?? Infinity))
}
