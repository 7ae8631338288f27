/** What is let go over a board: it comes to lie there, or on a shot, whose reference it becomes. */
import { getAsset, takeFrame } from '../../api/assets'
import type { ProjectWhole } from '../../api/types'
import type { Carried, Thing } from '../../composer/things'
import { useTellProblem } from '../common/Problem'
import { kindOf } from './bringing'
import { type Showing, shapedAs, showingShot, showingTake } from './making'
import type { Point } from './plane'

export type Put = (showing: Showing, at: Point) => void

interface Landing {
  project: ProjectWhole
  onFiles(files: readonly File[], at: Point, put: Put): void
  onOther(name: string): void
}

/** `put` hears of each thing as it may lie on a board; of files once the server has them. */
export function useLanding({ project, onFiles, onOther }: Landing) {
  const tell = useTellProblem()
  const showing = async (thing: Thing): Promise<Showing | null> => {
    const { from, take } = thing
    if (take !== undefined && !('clip' in from)) return showingTake(take)
    if ('file' in from) return null
    const asset = 'clip' in from ? await takeFrame(from.clip, from.at) : await getAsset(from.asset)
    const kind = kindOf(asset.mime_type)
    if (kind === null) return null
    const size = shapedAs(asset.width, asset.height)
    return { kind, asset_id: asset.id, url: asset.url, name: asset.filename, ...size }
  }
  const landOne = async (thing: Thing, at: Point, put: Put) => {
    try {
      const shown = await showing(thing)
      if (shown === null) onOther(thing.name)
      else put(shown, at)
    } catch (error) {
      tell(error)
    }
  }
  return ({ things, shotId, others }: Carried, at: Point, put: Put) => {
    const shot = project.shots.find((one) => one.id === shotId)
    if (shot !== undefined) return put(showingShot(shot), at)
    const files: File[] = []
    for (const thing of things) {
      if (!('file' in thing.from)) void landOne(thing, at, put)
      else if (thing.of === 'sound') onOther(thing.name)
      else files.push(thing.from.file)
    }
    for (const name of others) onOther(name)
    if (files.length > 0) onFiles(files, at, put)
  }
}
