/** Items that come by the clipboard, which any page may have filled. */
import type { BoardItem } from '../../api/types'

const MOST = 2000
const FARTHEST = 1e6
const ID = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i

/** null: text that is no items. */
export function pasted(text: string): BoardItem[] | null {
  let told: unknown
  try {
    told = JSON.parse(text)
  } catch (error) {
    if (error instanceof SyntaxError) return null
    throw error
  }
  return Array.isArray(told) ? told.slice(0, MOST).flatMap((one) => itemOf(one) ?? []) : null
}

/** Items as they may lie on the board of a project: shots and takes stay with theirs, files go anywhere. */
export function movedTo(projectId: string, items: readonly BoardItem[]): BoardItem[] {
  return items.flatMap((item) => {
    if (item.kind === 'note') return item
    if (item.project_id === projectId) return item.take_id === null ? item : { ...item, asset_id: null }
    return item.kind === 'shot' || item.asset_id === null ? [] : { ...item, take_id: null }
  })
}

function itemOf(told: unknown): BoardItem | null {
  if (typeof told !== 'object' || told === null) return null
  const one = told as Record<string, unknown>
  const { x, y, width, height, layer } = one
  const kind = (['picture', 'clip', 'note', 'shot'] as const).find((name) => name === one.kind)
  const numbers = [x, y, width, height, layer]
  if (kind === undefined || !numbers.every(isNear) || Number(width) <= 0 || Number(height) <= 0) return null
  return {
    ...{ kind, x, y, width, height, layer: Math.round(Number(layer)), version: 1 },
    ...{ id: '', project_id: idOf(one.project_id) ?? '', name: wordsOf(one.name, 200) },
    ...{ asset_id: idOf(one.asset_id), take_id: idOf(one.take_id), shot_id: idOf(one.shot_id) },
    ...{ text: wordsOf(one.text, 10_000), colour: wordsOf(one.colour, 40) },
    ...{ url: linkOf(one.url), poster_url: linkOf(one.poster_url), mime_type: wordsOf(one.mime_type, 100) },
  } as BoardItem
}

function isNear(value: unknown): boolean {
  return typeof value === 'number' && Math.abs(value) <= FARTHEST
}

function idOf(value: unknown): string | null {
  return typeof value === 'string' && ID.test(value) ? value : null
}

function wordsOf(value: unknown, most: number): string | null {
  return typeof value === 'string' ? value.slice(0, most) : null
}

/** Only files of this server are shown. */
function linkOf(value: unknown): string | null {
  return typeof value === 'string' && /^\/(?!\/)/.test(value) ? value : null
}
