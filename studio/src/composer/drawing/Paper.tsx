/** The picture that is drawn on, by hand or by keys. */
import { type CSSProperties, type KeyboardEvent, type PointerEvent, useEffect, useRef, useState } from 'react'
import type { Mark } from '../../api/types'
import { useWords } from '../../words/words'
import { useComposing } from '../composing'
import type { Ground } from './ground'
import { Marks } from './Marks'
import { drawnTo, finished, isSeen, moved, type Point, type Stroke, stretched } from './marks'
import { pointOn, stepOf } from './onFrame'
import styles from './Paper.module.css'

interface PaperProps {
  /** null: there is no picture yet. */
  ground: Ground | null
  at: number
  pen: Pick<Mark, 'kind' | 'colour' | 'width'>
  marks: readonly Mark[]
  selected: number | null
  onSelect(at: number | null): void
  onStroke(stroke: Stroke): void
}

const STEP = 0.02
/** Where a mark begins that is made by a key. */
const BY_KEY: Record<Mark['kind'], Point[]> = {
  arrow: [
    [0.35, 0.5],
    [0.65, 0.5],
  ],
  box: [
    [0.35, 0.35],
    [0.65, 0.65],
  ],
  pen: [
    [0.4, 0.5],
    [0.6, 0.5],
  ],
  words: [[0.5, 0.5]],
}

export function Paper({ ground, at, pen, marks, selected, onSelect, onStroke }: PaperProps) {
  const { t } = useWords()
  const { draft } = useComposing()
  const paper = useRef<HTMLDivElement>(null)
  const clip = useRef<HTMLVideoElement>(null)
  const [drawing, setDrawing] = useState<Mark | null>(null)
  const [dragged, setDragged] = useState<{ at: number; from: Point; mark: Mark } | null>(null)
  const [shape, setShape] = useState((draft.width ?? 16) / (draft.height ?? 9))
  useEffect(() => {
    if (clip.current && ground) clip.current.currentTime = at - ground.at + 0.5 / ground.rate
  }, [at, ground])

  const pointAt = (event: PointerEvent) => pointOn(paper.current, event)
  const press = (event: PointerEvent<HTMLElement>) => {
    if (event.button !== 0 || drawing?.kind === 'words') return
    onSelect(null)
    const mark: Mark = { ...pen, points: [[...pointAt(event)]], ...(pen.kind === 'words' && { text: '' }) }
    if (pen.kind !== 'words') event.currentTarget.setPointerCapture(event.pointerId)
    else event.preventDefault() // the field for the words takes the focus
    setDrawing(mark)
  }
  const move = (event: PointerEvent<HTMLElement>) => {
    const point = pointAt(event)
    if (dragged) {
      const by: Point = [point[0] - dragged.from[0], point[1] - dragged.from[1]]
      setDragged({ ...dragged, mark: moved(marks[dragged.at] ?? dragged.mark, by) })
    } else if (drawing && drawing.kind !== 'words') setDrawing(drawnTo(drawing, point))
  }
  const release = () => {
    if (dragged) {
      if (dragged.mark !== marks[dragged.at])
        onStroke({ do: 'change', at: dragged.at, mark: finished(dragged.mark) })
      setDragged(null)
    }
    if (drawing && drawing.kind !== 'words') done(drawing)
  }
  const done = (mark: Mark) => {
    if (isSeen(mark)) onStroke({ do: 'add', mark: finished(mark) })
    setDrawing(null)
  }
  const grab = (index: number, event: PointerEvent) => {
    const mark = marks[index]
    if (mark === undefined || event.button !== 0) return
    event.stopPropagation()
    paper.current?.setPointerCapture(event.pointerId)
    onSelect(index)
    setDragged({ at: index, from: pointAt(event), mark })
  }
  const key = (event: KeyboardEvent) => {
    if (event.target !== event.currentTarget) return
    const way = stepOf(event.key, STEP)
    if (way !== undefined && selected !== null && marks[selected]) {
      const mark = event.shiftKey ? stretched(marks[selected], way) : moved(marks[selected], way)
      onStroke({ do: 'change', at: selected, mark: finished(mark) })
    } else if (event.key === 'Enter' && !event.ctrlKey && !event.metaKey) {
      const mark: Mark = { ...pen, points: BY_KEY[pen.kind].map((point) => [...point]) }
      if (pen.kind === 'words') setDrawing({ ...mark, text: '' })
      else {
        onStroke({ do: 'add', mark })
        onSelect(marks.length)
      }
    } else if (event.key === 'Tab' && marks.length > 0 && selected !== marks.length - 1 && !event.shiftKey) {
      onSelect(selected === null ? 0 : selected + 1)
    } else return
    event.preventDefault()
    event.stopPropagation()
  }
  const shaped: CSSProperties & Record<'--shape', number> = { '--shape': shape }
  const shown = dragged ? marks.with(dragged.at, dragged.mark) : marks
  return (
    <div className={styles.room}>
      <div
        ref={paper}
        className={styles.paper}
        dir="ltr"
        role="application"
        // biome-ignore lint/a11y/noNoninteractiveTabindex: Enter draws on it, arrow keys move what is drawn
        tabIndex={0}
        aria-label={t('composer.draw.paper')}
        style={shaped}
        onPointerDown={press}
        onPointerMove={move}
        onPointerUp={release}
        onKeyDown={key}
      >
        {ground?.kind === 'picture' && (
          <img
            src={ground.url}
            alt=""
            draggable={false}
            onLoad={({ currentTarget: { naturalWidth, naturalHeight } }) =>
              setShape(naturalWidth / naturalHeight)
            }
          />
        )}
        {ground?.kind === 'clip' && (
          <video
            ref={clip}
            src={ground.url}
            muted
            playsInline
            preload="auto"
            onLoadedMetadata={({ currentTarget }) => {
              setShape(currentTarget.videoWidth / currentTarget.videoHeight)
              currentTarget.currentTime = at - ground.at + 0.5 / ground.rate
            }}
          />
        )}
        <Marks
          marks={drawing && drawing.kind !== 'words' ? [...shown, drawing] : shown}
          shape={shape}
          selected={selected}
          onPress={grab}
        />
        {drawing?.kind === 'words' && <WordsField mark={drawing} onDone={done} />}
      </div>
      <p className={styles.help}>{t('composer.draw.help')}</p>
    </div>
  )
}

function WordsField({ mark, onDone }: { mark: Mark; onDone(mark: Mark): void }) {
  const { t } = useWords()
  const [text, setText] = useState('')
  const [[x = 0, y = 0] = []] = mark.points
  return (
    <input
      // biome-ignore lint/a11y/noAutofocus: a person just asked to write here
      autoFocus
      className={styles.words}
      dir="auto"
      aria-label={t('composer.draw.words')}
      placeholder={t('composer.draw.words')}
      maxLength={200}
      style={{ insetInlineStart: `${100 * x}%`, insetBlockStart: `${100 * y}%`, color: mark.colour }}
      value={text}
      onChange={(event) => setText(event.target.value)}
      onPointerDown={(event) => event.stopPropagation()}
      onBlur={() => onDone({ ...mark, text })}
      onKeyDown={(event) => {
        event.stopPropagation()
        if (event.key === 'Enter') onDone({ ...mark, text })
        if (event.key === 'Escape') onDone({ ...mark, text: '' })
      }}
    />
  )
}
