/** The words of a note, written where they stand. */
import { type KeyboardEvent, useEffect, useRef, useState } from 'react'
import type { BoardItem } from '../../api/types'
import { useWords } from '../../words/words'
import styles from './NoteEditor.module.css'

interface NoteEditorProps {
  item: BoardItem
  /** `was`: what the note said when a person began to write. */
  onDone(text: string, was: string): void
  onWrite(text: string, was: string): void
}

export function NoteEditor({ item, onDone, onWrite }: NoteEditorProps) {
  const { t } = useWords()
  const [was] = useState(item.text ?? '')
  const [text, setText] = useState(was)
  const field = useRef<HTMLTextAreaElement>(null)
  useEffect(() => {
    field.current?.focus({ preventScroll: true })
    field.current?.select()
  }, [])
  const key = (event: KeyboardEvent<HTMLTextAreaElement>) => {
    const isDone = event.key === 'Escape' || (event.key === 'Enter' && (event.ctrlKey || event.metaKey))
    if (!isDone) return
    event.preventDefault()
    event.stopPropagation()
    event.currentTarget.blur()
  }
  return (
    <textarea
      ref={field}
      className={styles.editor}
      dir="auto"
      maxLength={10_000}
      aria-label={t('board.note')}
      data-colour={item.colour ?? undefined}
      style={{
        transform: `translate(${item.x}px, ${item.y}px)`,
        inlineSize: item.width,
        blockSize: item.height,
      }}
      value={text}
      onChange={(event) => {
        setText(event.target.value)
        onWrite(event.target.value, was)
      }}
      onBlur={() => onDone(text, was)}
      onKeyDown={key}
      onPointerDown={(event) => event.stopPropagation()}
      onDoubleClick={(event) => event.stopPropagation()}
    />
  )
}
