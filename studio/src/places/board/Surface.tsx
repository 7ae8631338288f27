/** The plane with what lies in view, and what the pointer does on it. */
import { type DragEvent, type MouseEvent, type ReactNode, useMemo } from 'react'
import type { BoardItem, Shot } from '../../api/types'
import { useWords } from '../../words/words'
import type { Place } from './arrange'
import { FarView } from './FarView'
import { Frame } from './Frame'
import { ItemView } from './ItemView'
import { around, type Point, toPlane, topmostAt, touch } from './plane'
import styles from './Surface.module.css'
import { onSurface, useGestures } from './useGestures'
import { useGradually } from './useGradually'
import type { Camera } from './useView'

/** More items in view than these are drawn as one picture. */
const MOST_ELEMENTS = 350
/** A board that is no larger than this on the screen is one picture, whatever of it is in view. */
const MOST_WHOLE = 2600
const NONE: readonly BoardItem[] = []

interface SurfaceProps {
  camera: Camera
  items: readonly BoardItem[]
  shots: ReadonlyMap<string, Shot>
  selected: ReadonlySet<string>
  isSpaceDown(): boolean
  onSelect(ids: ReadonlySet<string>): void
  onPlaces(places: readonly Place[]): void
  onReference(ids: ReadonlySet<string>, shotItemId: string): void
  onReach(id: string, isByKeys: boolean): void
  onToggle(id: string): void
  onOpen(id: string): void
  onGround(at: Point): void
  onDrop(data: DataTransfer, at: Point): void
  children: ReactNode
}

export function Surface({
  camera,
  items,
  shots,

  selected,
  isSpaceDown,
  children,
  ...on
}: SurfaceProps) {
  const { t } = useWords()
  const { going, hears } = useGestures({
    camera,
    items,
    selected,
    isSpaceDown,
    onSelect: on.onSelect,
    onPlaces: on.onPlaces,
    onReference: on.onReference,
  })
  const { places, marquee, lines, targetId, isPanning } = going
  const inView = items.filter((item) => touch(places?.get(item.id) ?? item, camera.window))
  const isFar = inView.length > MOST_ELEMENTS
  const whole = useMemo(() => around(items), [items])
  const isSmall = isFar && whole !== null && Math.max(whole.width, whole.height) * camera.zoomNow < MOST_WHOLE
  const elements = useGradually(isFar ? NONE : inView)
  const chosen = items.filter((item) => selected.has(item.id)).map((item) => places?.get(item.id) ?? item)

  const twice = (event: MouseEvent<HTMLDivElement>) => {
    const at = toPlane(camera.view(), onSurface(event))
    const item = topmostAt(items, at)
    if (item === null) on.onGround(at)
    else on.onOpen(item.id)
  }
  const drop = (event: DragEvent<HTMLDivElement>) => {
    event.preventDefault()
    on.onDrop(event.dataTransfer, toPlane(camera.view(), onSurface(event)))
  }
  return (
    // biome-ignore lint/a11y/noStaticElementInteractions: keys do all of it as well, see useBoardKeys
    <div
      ref={camera.surface}
      className={styles.surface}
      dir="ltr"
      data-panning={isPanning || undefined}
      {...hears}
      onDoubleClick={twice}
      onDragOver={(event) => event.preventDefault()}
      onDrop={drop}
    >
      <section
        ref={camera.world}
        className={styles.world}
        aria-label={t('board.plane', { count: items.length })}
      >
        {isFar ? (
          <FarView
            items={isSmall ? items : inView}
            places={places}
            shots={shots}
            selected={selected}
            box={isSmall ? whole : camera.window}
            zoom={camera.zoomNow}
          />
        ) : (
          elements.map((item) => (
            <ItemView
              key={item.id}
              item={item}
              place={places?.get(item.id)}
              shot={shots.get(item.shot_id ?? '')}
              isSelected={selected.has(item.id)}
              isTarget={targetId === item.id}
              onReach={on.onReach}
              onToggle={on.onToggle}
              onOpen={on.onOpen}
            />
          ))
        )}
        <Frame chosen={chosen} marquee={marquee} lines={lines} />
        {children}
      </section>
    </div>
  )
}
