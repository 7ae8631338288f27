/** The files of a project beside its takes, and where each of them is used. */
import { idIn } from '../api/assets'
import type { BoardItem, ProjectWhole, Shot } from '../api/types'
import { type Thing, thingOfAsset } from './things'

export interface Use {
  as: 'board' | 'reference' | 'composer' | 'take'
  /** Its number; null: it is no shot's. */
  shot: number | null
}
export interface FileUsed {
  id: string
  /** null: what it is has to be asked for. */
  thing: Thing | null
  uses: readonly Use[]
}

/** Those of the shot first, then those of the board, then those of the other shots. */
export function filesOf(
  { shots }: Pick<ProjectWhole, 'shots'>,
  own: Pick<Shot, 'id'>,
  items: readonly BoardItem[],
): FileUsed[] {
  const found = new Map<string, { thing: Thing | null; uses: Use[] }>()
  const note = (id: string, use: Use, thing: Thing | null = null) => {
    const known = found.get(id) ?? { thing: null, uses: [] }
    const isNew = !known.uses.some((one) => one.as === use.as && one.shot === use.shot)
    found.set(id, { thing: known.thing ?? thing, uses: isNew ? [...known.uses, use] : known.uses })
  }
  const noteShot = (shot: Shot) => {
    for (const id of shot.references) note(id, { as: 'reference', shot: shot.number })
    for (const id of namedIn(shot.composer)) note(id, { as: 'composer', shot: shot.number })
    for (const { job } of shot.takes)
      for (const id of namedIn(job.canvas)) note(id, { as: 'take', shot: shot.number })
  }
  shots.filter((shot) => shot.id === own.id).forEach(noteShot)
  for (const item of items)
    if (item.asset_id !== null)
      note(item.asset_id, { as: 'board', shot: null }, thingOfItem(item, item.asset_id))
  shots.filter((shot) => shot.id !== own.id).forEach(noteShot)
  const made = new Set(
    shots.flatMap((shot) =>
      shot.takes.flatMap((take) => Object.values(take.job.outputs).map((one) => one.id)),
    ),
  )
  return [...found].filter(([id]) => !made.has(id)).map(([id, file]) => ({ id, ...file }))
}

function thingOfItem(item: BoardItem, id: string): Thing | null {
  const thing = thingOfAsset({ id, mime_type: item.mime_type ?? '', filename: item.name })
  return thing && { ...thing, picture: item.poster_url ?? thing.picture }
}

/** Files that anything names, however deep. */
function namedIn(told: unknown): string[] {
  if (typeof told === 'string') return [idIn(told) ?? ''].filter((id) => /^\S+$/.test(id))
  if (typeof told !== 'object' || told === null) return []
  return Object.values(told).flatMap(namedIn)
}
