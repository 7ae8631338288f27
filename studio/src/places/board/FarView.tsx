/** Very many items, seen from far away: drawn as one picture instead of an element for each. */
import { useEffect, useReducer, useRef } from 'react'
import type { BoardItem, Shot } from '../../api/types'
import { usePreferences } from '../../words/preferences'
import { faceOf, pictureUrl } from '../common/jobs'
import type { Place } from './arrange'
import { COLOURS, COVER } from './making'
import { type Box, filling, within } from './plane'
import styles from './Surface.module.css'
import { thumbOf, watchThumbs } from './thumbs'

interface FarViewProps {
  items: readonly BoardItem[]
  places: ReadonlyMap<string, Place> | null
  shots: ReadonlyMap<string, Shot>
  selected: ReadonlySet<string>
  box: Box
  zoom: number
}

const MOST_PIXELS = 4096

export function FarView({ items, places, shots, selected, box, zoom }: FarViewProps) {
  const canvas = useRef<HTMLCanvasElement>(null)
  const [thumbs, look] = useReducer((count: number) => count + 1, 0)
  useEffect(() => {
    let later: ReturnType<typeof setTimeout> | undefined
    const stop = watchThumbs(() => {
      clearTimeout(later)
      later = setTimeout(look, 200)
    })
    return () => {
      clearTimeout(later)
      stop()
    }
  }, [])
  const { theme } = usePreferences()
  // biome-ignore lint/correctness/useExhaustiveDependencies: new thumbs are drawn as well, and another theme has other colours
  useEffect(() => {
    const pencil = canvas.current?.getContext('2d')
    if (!canvas.current || !pencil) return
    const density = Math.min(zoom * devicePixelRatio, MOST_PIXELS / Math.max(box.width, box.height))
    canvas.current.width = Math.ceil(box.width * density)
    canvas.current.height = Math.ceil(box.height * density)
    pencil.setTransform(density, 0, 0, density, -box.x * density, -box.y * density)
    const colours = coloursOf(canvas.current)
    const sorted = [...items].sort((one, other) => one.layer - other.layer || (one.id < other.id ? -1 : 1))
    for (const item of sorted) {
      const { x, y, width, height } = places?.get(item.id) ?? item
      pencil.fillStyle = colours(item)
      pencil.fillRect(x, y, width, height)
      const url = pictureOf(item, shots)
      const thumb = url === null ? null : thumbOf(url)
      if (thumb !== null) draw(pencil, thumb, { x, y, width, height }, item.kind === 'shot')
      if (!selected.has(item.id)) continue
      pencil.strokeStyle = colours(null)
      pencil.lineWidth = 2 / zoom
      pencil.strokeRect(x, y, width, height)
    }
  }, [items, places, shots, selected, box, zoom, thumbs, theme])
  return (
    <canvas
      ref={canvas}
      className={styles.far}
      style={{
        transform: `translate(${box.x}px, ${box.y}px)`,
        inlineSize: box.width,
        blockSize: box.height,
      }}
    />
  )
}

/** As the element near by shows it: pictures fill their boxes, and are whole at the top of cards. */
function draw(pencil: CanvasRenderingContext2D, thumb: ImageBitmap, box: Box, isCard: boolean): void {
  const part = isCard ? { x: 0, y: 0, width: thumb.width, height: thumb.height } : filling(thumb, box)
  const place = isCard ? within(thumb, { ...box, height: Math.min(box.height, box.width / COVER) }) : box
  pencil.drawImage(
    thumb,
    ...([part.x, part.y, part.width, part.height] as const),
    ...([place.x, place.y, place.width, place.height] as const),
  )
}

function pictureOf(item: BoardItem, shots: ReadonlyMap<string, Shot>): string | null {
  if (item.kind === 'picture') return item.url
  if (item.kind === 'clip') return item.poster_url
  const face = item.kind === 'shot' ? faceOf(shots.get(item.shot_id ?? '') ?? NO_TAKES) : null
  return face === null ? null : pictureUrl(face.job)
}

const NO_TAKES = { takes: [], chosen_take_id: null } as unknown as Shot

/** The colours of items, and of what is selected, as the page has them now: a canvas knows no tokens. */
export function coloursOf(element: HTMLElement): (item: BoardItem | null) => string {
  const probe = document.createElement('i')
  element.after(probe)
  const read = (token: string) => {
    probe.style.backgroundColor = `var(${token})`
    return getComputedStyle(probe).backgroundColor
  }
  const known = new Map(
    ['--lamp', '--dark-room', '--text-faint', ...COLOURS.map(noteToken)].map((token) => [token, read(token)]),
  )
  probe.remove()
  return (item) => known.get(tokenOf(item)) ?? 'grey'
}

function tokenOf(item: BoardItem | null): string {
  if (item === null) return '--lamp'
  if (item.kind === 'shot') return '--text-faint'
  return item.kind === 'note' ? noteToken(item.colour ?? 'sand') : '--dark-room'
}

function noteToken(colour: string): string {
  return `--note-${colour}`
}
