/** Going from item to item by keys: in a direction, or in the order in which one reads. */
import { type Box, middleOf } from './plane'

export type Way = 'left' | 'right' | 'up' | 'down'

type Lying = Box & { id: string }

const STEPS: Record<Way, { x: number; y: number }> = {
  left: { x: -1, y: 0 },
  right: { x: 1, y: 0 },
  up: { x: 0, y: -1 },
  down: { x: 0, y: 1 },
}
/** What lies aside is so much farther than what lies straight ahead. */
const ASIDE = 2

/** The item that lies next in a direction; null: none lies there. */
export function neighbour<Item extends Lying>(items: readonly Item[], from: Lying, way: Way): Item | null {
  const step = STEPS[way]
  const start = middleOf(from)
  let best: { item: Item; cost: number } | null = null
  for (const item of items) {
    if (item.id === from.id) continue
    const there = middleOf(item)
    const [across, down] = [there.x - start.x, there.y - start.y]
    const ahead = across * step.x + down * step.y
    const aside = Math.abs(across * step.y) + Math.abs(down * step.x)
    const cost = ahead + ASIDE * aside
    if (ahead > 0 && aside <= ASIDE * ahead && (best === null || cost < best.cost)) best = { item, cost }
  }
  return best?.item ?? null
}

/** The item whose middle is nearest to a box's; null: there is none. */
export function nearest<Item extends Lying>(items: readonly Item[], to: Box): Item | null {
  const from = middleOf(to)
  const far = (item: Item) => Math.hypot(middleOf(item).x - from.x, middleOf(item).y - from.y)
  return items.reduce<Item | null>(
    (best, item) => (best === null || far(item) < far(best) ? item : best),
    null,
  )
}

/** From the top down, and in a row as the language goes. Items whose middles lie beside each other are in one row. */
export function inOrder<Item extends Lying>(items: readonly Item[], isFromRight: boolean): Item[] {
  const rows: Item[][] = []
  for (const item of [...items].sort((one, other) => one.y - other.y || (one.id < other.id ? -1 : 1))) {
    const first = rows.at(-1)?.[0]
    if (first !== undefined && item.y < first.y + first.height / 2) rows.at(-1)?.push(item)
    else rows.push([item])
  }
  const on = isFromRight ? -1 : 1
  return rows.flatMap((row) => row.sort((one, other) => on * (one.x - other.x)))
}
