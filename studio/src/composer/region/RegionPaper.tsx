/** A frame of the clip, on which rectangles are marked: by hand, or by keys. */
import {
  type CSSProperties,
  type KeyboardEvent,
  type PointerEvent,
  type ReactNode,
  useRef,
  useState,
} from 'react'
import { useWords } from '../../words/words'
import type { Box } from '../draft/draft'
import { pointOn, stepOf } from '../drawing/onFrame'
import { boxBetween, type Corner, isMeant, movedBox, type Point, rounded, stretchedBox } from './boxes'
import { DrawnBox, RegionBox } from './RegionBox'
import styles from './RegionPaper.module.css'

interface RegionPaperProps {
  /** The frame itself. */
  children: ReactNode
  /** How many times as wide as high it is. */
  shape: number
  boxes: readonly Box[]
  selected: number | null
  mayAdd: boolean
  onSelect(at: number | null): void
  onChange(boxes: readonly Box[]): void
}

interface Drag {
  at: number
  from: Point
  box: Box
  /** null: it is moved as a whole. */
  corner: Corner | null
}

const STEP = 0.01
const FAR = 0.1

export function RegionPaper(props: RegionPaperProps) {
  const { children, shape, boxes, selected, mayAdd, onSelect, onChange } = props
  const { t } = useWords()
  const paper = useRef<HTMLDivElement>(null)
  const [drawn, setDrawn] = useState<{ from: Point; to: Point } | null>(null)
  const [drag, setDrag] = useState<Drag | null>(null)

  const pointAt = (event: PointerEvent) => pointOn(paper.current, event)
  const press = (event: PointerEvent<HTMLElement>) => {
    if (event.button !== 0 || !mayAdd) return
    event.currentTarget.setPointerCapture(event.pointerId)
    const from = pointAt(event)
    onSelect(null)
    setDrawn({ from, to: from })
  }
  const grab = (at: number, corner: Corner | null, event: PointerEvent) => {
    const box = boxes[at]
    if (box === undefined || event.button !== 0) return
    event.stopPropagation()
    paper.current?.setPointerCapture(event.pointerId)
    onSelect(at)
    setDrag({ at, from: pointAt(event), box, corner })
  }
  const move = (event: PointerEvent) => {
    const to = pointAt(event)
    if (drag) onChange(boxes.with(drag.at, dragged(drag, to)))
    else if (drawn) setDrawn({ ...drawn, to })
  }
  const release = () => {
    const box = drawn && boxBetween(drawn.from, drawn.to)
    if (box && isMeant(box)) {
      onChange([...boxes, rounded(box)])
      onSelect(boxes.length)
    }
    setDrawn(null)
    setDrag(null)
  }
  const key = (at: number, event: KeyboardEvent) => {
    const box = boxes[at]
    const by = stepOf(event.key, event.altKey ? FAR : STEP)
    if (box === undefined) return
    if (by !== undefined) {
      onChange(boxes.with(at, rounded(event.shiftKey ? stretchedBox(box, [1, 1], by) : movedBox(box, by))))
    } else if (event.key === 'Delete' || event.key === 'Backspace') {
      onChange(boxes.filter((_, index) => index !== at))
      onSelect(null)
      paper.current?.closest<HTMLElement>('[role=dialog]')?.focus()
    } else return
    event.preventDefault()
    event.stopPropagation()
  }
  const shaped: CSSProperties & Record<'--shape', number> = { '--shape': shape }
  return (
    // biome-ignore lint/a11y/useSemanticElements: a fieldset gathers fields, and this is a frame with places on it
    <div
      ref={paper}
      className={styles.paper}
      dir="ltr"
      role="group"
      aria-label={t('composer.region.paper')}
      style={shaped}
      onPointerDown={press}
      onPointerMove={move}
      onPointerUp={release}
      onPointerCancel={release}
    >
      {children}
      {boxes.map((box, at) => (
        <RegionBox
          // biome-ignore lint/suspicious/noArrayIndexKey: a rectangle has nothing but its place among the others
          key={at}
          box={box}
          number={at + 1}
          isSelected={at === selected}
          onSelect={() => onSelect(at)}
          onGrab={(corner, event) => grab(at, corner, event)}
          onKeyDown={(event) => key(at, event)}
        />
      ))}
      {drawn && <DrawnBox box={boxBetween(drawn.from, drawn.to)} />}
    </div>
  )
}

function dragged({ from, box, corner }: Drag, to: Point): Box {
  const by: Point = [to[0] - from[0], to[1] - from[1]]
  return rounded(corner === null ? movedBox(box, by) : stretchedBox(box, corner, by))
}
