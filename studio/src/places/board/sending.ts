/** Acts on a board as what the server is asked for. */
import { actOnBoard, referTo } from '../../api/board'
import type { BoardAct, BoardDone, BoardItem, BoardItemPart, BoardItemPut } from '../../api/types'
import { type Act, type Change, differences, referred } from './acts'
import type { Place } from './arrange'

/** More than these are several requests. */
const MOST_AT_ONCE = 250

/** Has an act done; may be sent again when nobody knows whether it was. */
export async function sendAct(projectId: string, act: Act): Promise<BoardDone> {
  const done: BoardDone = { items: [], contested: [] }
  for (let from = 0; from < act.items.length; from += MOST_AT_ONCE) {
    const { items, contested } = await actOnBoard(
      projectId,
      askedBy(act.items.slice(from, from + MOST_AT_ONCE)),
    )
    done.items.push(...items)
    done.contested.push(...contested)
  }
  for (const references of act.shots) {
    await referTo(references.shotId, (ids) => referred(ids, references))
  }
  return done
}

export function askedBy(changes: readonly Change[]): BoardAct {
  const asked: Required<BoardAct> = { put: [], change: [], remove: [] }
  for (const { id, before, after } of changes) {
    if (after === null) asked.remove.push(id)
    else if (before === null) asked.put.push(putOf(after))
    else asked.change.push(partOf(before, after))
  }
  return asked
}

export function placeOf({ id, x, y, width, height, layer }: Place): Place {
  return { id, x, y, width, height, layer }
}

/** An item as it is put on a board: with the one thing that it shows. */
export function putOf(item: BoardItem): BoardItemPut {
  const { id, kind, x, y, width, height, layer, colour } = item
  return {
    ...{ id, kind, x, y, width, height, layer },
    ...(colour !== null && { colour }),
    ...(kind === 'note' && { text: item.text ?? '' }),
    ...(kind === 'shot' && { shot_id: item.shot_id }),
    ...((kind === 'picture' || kind === 'clip') &&
      (item.take_id === null ? { asset_id: item.asset_id } : { take_id: item.take_id })),
  }
}

/** Only what the act changed: what others changed of the same item stays. */
function partOf(before: BoardItem, after: BoardItem): BoardItemPart {
  const names = differences(before, after)
  return {
    id: after.id,
    ...Object.fromEntries(names.map((name) => [name, after[name]])),
    ...(names.includes('text') && { text: after.text ?? '', text_before: before.text ?? '' }),
  }
}
