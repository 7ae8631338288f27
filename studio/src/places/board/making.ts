/** New items: what they show, how large they begin, where they come to lie. */
import { freshId } from '../../api/ids'
import type { BoardItem, Shot, Take } from '../../api/types'
import { mainOutput } from '../common/jobs'
import { around, type Point, type Size } from './plane'

export const COLOURS = ['sand', 'clay', 'leaf', 'sky', 'stone'] as const
export type Colour = (typeof COLOURS)[number]

const NOTE: Size = { width: 220, height: 140 }
export const SHOT: Size = { width: 260, height: 244 }
/** Width by height of the picture at the top of a shot's card, whatever shape the shot has. */
export const COVER = 16 / 10
const PICTURE_WIDTH = 280
const GAP = 24

export type Showing = Pick<BoardItem, 'kind'> &
  Partial<
    Pick<BoardItem, 'asset_id' | 'take_id' | 'shot_id' | 'text' | 'colour' | 'url' | 'poster_url' | 'name'>
  > &
  Partial<Size>

/** An item that the server does not know yet, with its middle at a point and above all others. */
export function newItem(items: readonly BoardItem[], at: Point, showing: Showing): BoardItem {
  const { width, height } = sizeOf(showing)
  return {
    ...{ asset_id: null, take_id: null, shot_id: null, text: null, colour: null },
    ...{ url: null, poster_url: null, mime_type: null, name: null, project_id: '', version: 1 },
    ...showing,
    id: freshId(),
    x: at.x - width / 2,
    y: at.y - height / 2,
    width,
    height,
    layer: topLayer(items) + 1,
  }
}

/** The same items once more, beside where they lie or about a point. */
export function copies(
  items: readonly BoardItem[],
  all: readonly BoardItem[],
  middle: Point | null,
): BoardItem[] {
  const box = around(items)
  if (box === null) return []
  const by =
    middle === null
      ? { x: GAP, y: GAP }
      : { x: middle.x - box.x - box.width / 2, y: middle.y - box.y - box.height / 2 }
  const top = topLayer(all) + 1
  const layers = [...items].sort((one, other) => one.layer - other.layer).map((item) => item.id)
  return items.map((item) => {
    const layer = top + layers.indexOf(item.id)
    return { ...item, id: freshId(), x: item.x + by.x, y: item.y + by.y, layer }
  })
}

export function showingTake(take: Take): Showing | null {
  const output = mainOutput(take.job)
  if (output === null) return null
  const kind = take.job.outputs.video ? 'clip' : 'picture'
  const size = shapedAs(output.width ?? null, output.height ?? null)
  return {
    ...{ kind, take_id: take.id, url: output.url, ...size },
    poster_url: take.job.outputs.thumbnail?.url ?? null,
  }
}

export function showingShot(shot: Shot): Showing {
  return { kind: 'shot', shot_id: shot.id, ...SHOT }
}

/** What a picture or a clip shows. */
export type Shown = Partial<Pick<BoardItem, 'asset_id' | 'take_id'>>

/** The file that a picture or a clip shows; null: another kind, or its take is gone. */
export function assetOf(item: Shown, takes: ReadonlyMap<string, Take>): string | null {
  if (item.asset_id) return item.asset_id
  const take = takes.get(item.take_id ?? '')
  return take === undefined ? null : (mainOutput(take.job)?.id ?? null)
}

/** As large as pictures are at first, in their own shape. */
export function shapedAs(width: number | null, height: number | null): Size {
  const shape = width && height ? width / height : 16 / 9
  const wide = shape >= 1 ? PICTURE_WIDTH : PICTURE_WIDTH * Math.max(0.5, shape)
  return { width: wide, height: wide / shape }
}

function sizeOf({ kind, width, height }: Showing): Size {
  if (width !== undefined && height !== undefined) return { width, height }
  return kind === 'note' ? NOTE : shapedAs(null, null)
}

function topLayer(items: readonly BoardItem[]): number {
  return items.reduce((top, item) => Math.max(top, item.layer), 0)
}
