/** What is done on a board, in such a way that it can be undone: what was there before, and what is there after. */
import type { BoardItem } from '../../api/types'
import type { Place } from './arrange'

export interface Change {
  id: string
  /** null: it was not there. */
  before: BoardItem | null
  /** null: it is gone. */
  after: BoardItem | null
}
/** What a shot is to look like. */
export interface References {
  shotId: string
  before: readonly string[]
  after: readonly string[]
}
export interface Act {
  items: readonly Change[]
  shots: readonly References[]
}

const KEPT = ['x', 'y', 'width', 'height', 'layer', 'text', 'colour'] as const

export function putting(items: readonly BoardItem[]): Act {
  return { items: items.map((item) => ({ id: item.id, before: null, after: item })), shots: [] }
}

export function deleting(items: readonly BoardItem[]): Act {
  return { items: items.map((item) => ({ id: item.id, before: item, after: null })), shots: [] }
}

/** Items at other places; those that stay where they are, are no part of it. */
export function placing(items: readonly BoardItem[], places: readonly Place[]): Act {
  const at = new Map(places.map((place) => [place.id, place]))
  return changing(items, (item) => {
    const { x, y, width, height, layer } = at.get(item.id) ?? item
    return { x, y, width, height, layer }
  })
}

export function changing(
  items: readonly BoardItem[],
  change: (item: BoardItem) => Partial<Pick<BoardItem, (typeof KEPT)[number]>>,
): Act {
  const changes = items.map((item) => ({ id: item.id, before: item, after: { ...item, ...change(item) } }))
  return { items: changes.filter(({ before, after }) => differences(before, after).length > 0), shots: [] }
}

export function isNothing(act: Act): boolean {
  return act.items.length === 0 && act.shots.length === 0
}

/** What of an item is another after a change. */
export function differences(before: BoardItem, after: BoardItem): (typeof KEPT)[number][] {
  return KEPT.filter((name) => before[name] !== after[name])
}

export function undone(act: Act): Act {
  return {
    items: act.items.map(({ id, before, after }) => ({ id, before: after, after: before })),
    shots: act.shots.map(({ shotId, before, after }) => ({ shotId, before: after, after: before })),
  }
}

/** A board after an act. What others changed meanwhile, and the act did not, stays. */
export function applied(items: readonly BoardItem[], act: Act): readonly BoardItem[] {
  if (act.items.length === 0) return items
  const changes = new Map(act.items.map((change) => [change.id, change]))
  const kept = items.flatMap((item) => {
    const change = changes.get(item.id)
    if (change === undefined) return [item]
    if (change.after === null) return []
    return [merged(item, change)]
  })
  const there = new Set(items.map((item) => item.id))
  const added = act.items.flatMap(({ id, before, after }) =>
    before === null && after !== null && !there.has(id) ? [after] : [],
  )
  return added.length === 0 ? kept : [...kept, ...added]
}

/** What a shot is to look like after an act, whatever others added or took away meanwhile. */
export function referred(ids: readonly string[], { before, after }: References): string[] {
  const gone = new Set(before.filter((id) => !after.includes(id)))
  return [...new Set([...ids.filter((id) => !gone.has(id)), ...after.filter((id) => !before.includes(id))])]
}

function merged(item: BoardItem, { before, after }: Change): BoardItem {
  if (before === null || after === null) return item
  const changed = differences(before, after).map((name) => [name, after[name]])
  return { ...item, ...Object.fromEntries(changed) }
}
