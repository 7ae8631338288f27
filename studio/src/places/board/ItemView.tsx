/** An item on the plane: what it shows, and that it can be reached by keys. */
import { type CSSProperties, type KeyboardEvent, memo } from 'react'
import type { BoardItem, Shot } from '../../api/types'
import { useWords } from '../../words/words'
import type { Place } from './arrange'
import { ClipFace } from './ClipFace'
import styles from './ItemView.module.css'
import { type Film, nameOf } from './naming'
import { PictureFace } from './PictureFace'
import { ShotFace } from './ShotFace'

interface ItemViewProps {
  item: BoardItem
  /** Where it is meanwhile, while it is dragged. */
  place: Place | undefined
  shot: Shot | undefined
  film: Film
  isSelected: boolean
  isTarget: boolean
  /** Tab stops at it. */
  isActive: boolean
  /** By its id: so that one function does for all, and none is drawn anew for another. */
  onReach(id: string, isByKeys: boolean): void
  onToggle(id: string): void
  onOpen(id: string): void
}

export const ItemView = memo(function ItemView({
  item,
  place,
  shot,
  film,
  isSelected,
  isTarget,
  isActive,
  ...on
}: ItemViewProps) {
  const words = useWords()
  const { t } = words
  // what is written on them says it all of the others
  const isShown = item.kind === 'picture' || item.kind === 'clip'
  const { x, y, width, height, layer } = place ?? item
  const style: CSSProperties = {
    transform: `translate(${x}px, ${y}px)`,
    inlineSize: width,
    blockSize: height,
    zIndex: layer,
  }
  const key = (event: KeyboardEvent) => {
    if (event.target !== event.currentTarget) return
    if (event.key === 'Enter') on.onOpen(item.id)
    else if (event.key === ' ') on.onToggle(item.id)
    else return
    event.preventDefault()
  }
  return (
    // biome-ignore lint/a11y/useSemanticElements: a button could hold neither clips nor cards
    <div
      role="button"
      tabIndex={isActive ? 0 : -1}
      className={styles.item}
      style={style}
      data-item={item.id}
      data-kind={item.kind}
      data-colour={item.colour ?? undefined}
      data-selected={isSelected || undefined}
      data-target={isTarget || undefined}
      aria-pressed={isSelected}
      aria-label={isShown ? nameOf(item, film, words) : undefined}
      onFocus={(event) => on.onReach(item.id, event.currentTarget.matches(':focus-visible'))}
      onKeyDown={key}
    >
      {item.kind === 'picture' && <PictureFace item={item} />}
      {item.kind === 'clip' && <ClipFace item={item} />}
      {item.kind === 'shot' && <ShotFace shot={shot} size={{ width, height }} />}
      {item.kind === 'note' && (
        <p className={styles.note} dir="auto" data-empty={!item.text || undefined}>
          {item.text || t('board.note.empty')}
        </p>
      )}
    </div>
  )
})
