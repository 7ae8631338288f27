/** Acts on a board as what the server is asked for. */
import { changeItem, placeItems, putItem, removeItem } from '../../api/board'
import { patch } from '../../api/client'
import { ApiError } from '../../api/errors'
import type { BoardItem, BoardItemGiven } from '../../api/types'
import { type Act, type Change, differences } from './acts'
import type { Place } from './arrange'

/** What the server made of an item that was put on a board. */
export interface Put {
  /** Its id until then. */
  id: string
  told: BoardItem
}

const PLACED = ['x', 'y', 'width', 'height', 'layer'] as const

/** Has an act done; `onPut` hears of each new item as soon as it is there. */
export async function sendAct(projectId: string, act: Act, onPut: (put: Put) => void): Promise<void> {
  const placed: Place[] = []
  for (const change of act.items) {
    const { id, before, after } = change
    if (after === null) await whileThere(removeItem(id))
    else if (before === null) onPut({ id, told: await putItem(projectId, givenOf(after)) })
    else {
      const changed = differences(before, after)
      if (changed.some((name) => PLACED.some((one) => one === name))) placed.push(placeOf(after))
      await sayWords(change)
    }
  }
  if (placed.length > 0) await placeItems(projectId, placed)
  for (const { shotId, after } of act.shots) await patch(`/shots/${shotId}`, { references: after })
}

export function placeOf({ id, x, y, width, height, layer }: Place): Place {
  return { id, x, y, width, height, layer }
}

/** An item as it is put on a board: with the one thing that it shows. */
export function givenOf(item: BoardItem): BoardItemGiven {
  const { kind, x, y, width, height, layer, colour } = item
  return {
    ...{ kind, x, y, width, height, layer },
    ...(colour !== null && { colour }),
    ...(kind === 'note' && { text: item.text ?? '' }),
    ...(kind === 'shot' && { shot_id: item.shot_id }),
    ...((kind === 'picture' || kind === 'clip') &&
      (item.take_id === null ? { asset_id: item.asset_id } : { take_id: item.take_id })),
  }
}

async function sayWords({ id, before, after }: Change): Promise<void> {
  if (before === null || after === null) return
  const text = before.text === after.text ? {} : { text: after.text ?? '' }
  const colour = before.colour === after.colour ? {} : { colour: after.colour }
  const change = { ...text, ...colour }
  if (Object.keys(change).length > 0) await whileThere(changeItem(id, change))
}

/** What somebody else took away meanwhile needs nothing any more. */
async function whileThere(asked: Promise<unknown>): Promise<void> {
  try {
    await asked
  } catch (error) {
    if (!(error instanceof ApiError && error.status === 404)) throw error
  }
}
