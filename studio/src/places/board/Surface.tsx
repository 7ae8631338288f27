/** The plane with what lies in view, and what the pointer does on it. */
import { type DragEvent, type MouseEvent, type ReactNode, useEffect, useMemo } from 'react'
import type { BoardItem } from '../../api/types'
import { useWords } from '../../words/words'
import type { Place } from './arrange'
import { FarView } from './FarView'
import { Frame } from './Frame'
import { onSurface } from './gesture'
import { ItemView } from './ItemView'
import type { Film } from './naming'
import { around, type Point, toPlane, topmostAt, touch } from './plane'
import styles from './Surface.module.css'
import { useGestures } from './useGestures'
import { useGradually } from './useGradually'
import type { Camera } from './useView'

/** More items in view than these are drawn as one picture. */
const MOST_ELEMENTS = 350
/** From where nothing written can be read, fewer are. */
const UNREADABLE = { zoom: 0.3, most: 100 }
/** A board that is no larger than this on the screen is one picture, whatever of it is in view. */
const MOST_WHOLE = 2600
const NONE: readonly BoardItem[] = []

interface SurfaceProps {
  camera: Camera
  items: readonly BoardItem[]
  film: Film
  selected: ReadonlySet<string>
  /** The item that Tab stops at. */
  activeId: string | null
  isSpaceDown(): boolean
  onSelect(ids: ReadonlySet<string>): void
  onPlaces(places: readonly Place[]): void
  onReference(ids: ReadonlySet<string>, shotId: string): void
  /** What is dragged hangs over a shot; null: no longer. */
  onTarget(shotId: string | null): void
  onPress(id: string): void
  onReach(id: string, isByKeys: boolean): void
  onToggle(id: string): void
  onOpen(id: string): void
  onGround(at: Point): void
  onDrop(event: DragEvent, at: Point): void
  /** It is dragged out, as a file. */
  onCarry(event: DragEvent, id: string): void
  children: ReactNode
}

export function Surface({
  camera,
  items,
  film,
  selected,
  activeId,
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
    onPress: on.onPress,
    onPlaces: on.onPlaces,
    onReference: on.onReference,
  })
  const { places, marquee, lines, targetShot, isPanning } = going
  const inView = items.filter((item) => touch(places?.get(item.id) ?? item, camera.window))
  const most = camera.zoomNow < UNREADABLE.zoom ? UNREADABLE.most : MOST_ELEMENTS
  const isFar = inView.length > most
  // with what is dragged out of it
  const whole = useMemo(() => around(items.map((item) => places?.get(item.id) ?? item)), [items, places])
  const isSmall = isFar && whole !== null && Math.max(whole.width, whole.height) * camera.zoomNow < MOST_WHOLE
  const elements = withActive(useGradually(isFar ? NONE : inView), items, activeId)
  const { onTarget } = on
  useEffect(() => onTarget(targetShot), [onTarget, targetShot])
  const chosen = items.filter((item) => selected.has(item.id)).map((item) => places?.get(item.id) ?? item)

  const twice = (event: MouseEvent<HTMLDivElement>) => {
    const at = toPlane(camera.view(), onSurface(event))
    const item = topmostAt(items, at)
    if (item === null) on.onGround(at)
    else on.onOpen(item.id)
  }
  const drop = (event: DragEvent<HTMLDivElement>) => {
    event.preventDefault()
    on.onDrop(event, toPlane(camera.view(), onSurface(event)))
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
      onContextMenu={(event) =>
        event.nativeEvent instanceof PointerEvent &&
        event.nativeEvent.pointerType === 'touch' &&
        event.preventDefault()
      }
      onDragStart={(event) => {
        const face = event.target instanceof HTMLElement ? event.target : null
        if (face?.dataset.item) on.onCarry(event, face.dataset.item)
      }}
      onDragEnd={(event) => event.target instanceof HTMLElement && event.target.removeAttribute('draggable')}
      onPointerUp={(event) => {
        released(event.currentTarget)
        hears.onPointerUp(event)
      }}
      onDragOver={(event) => event.preventDefault()}
      onDrop={drop}
    >
      <section
        ref={camera.world}
        className={styles.world}
        aria-label={t('board.plane', { count: items.length })}
      >
        {isFar && (
          <FarView
            items={isSmall ? items : inView}
            places={places}
            shots={film.shots}
            selected={selected}
            box={isSmall ? whole : camera.window}
            zoom={camera.zoomNow}
          />
        )}
        {elements.map((item) => (
          <ItemView
            key={item.id}
            item={item}
            place={places?.get(item.id)}
            shot={film.shots.get(item.shot_id ?? '')}
            film={film}
            isSelected={selected.has(item.id)}
            isTarget={targetShot !== null && item.shot_id === targetShot}
            isActive={item.id === activeId}
            onReach={on.onReach}
            onToggle={on.onToggle}
            onOpen={on.onOpen}
          />
        ))}
        <Frame chosen={chosen} marquee={marquee} lines={lines} />
        {children}
      </section>
    </div>
  )
}

/** What was taken hold of to be dragged out, and was not dragged. */
function released(surface: HTMLElement): void {
  for (const face of surface.querySelectorAll('[draggable=true]')) face.removeAttribute('draggable')
}

/** The item that Tab stops at is there wherever it lies, and however many others are seen. */
function withActive(
  elements: readonly BoardItem[],
  items: readonly BoardItem[],
  activeId: string | null,
): readonly BoardItem[] {
  if (elements.some((item) => item.id === activeId)) return elements
  const active = items.find((item) => item.id === activeId)
  return active === undefined ? elements : [...elements, active]
}
