/** Words that become a field where they stand. What was written is told when a person is done, not at each letter. */
import { type KeyboardEvent, useEffect, useRef, useState } from 'react'
import { TextArea, TextInput } from './Field'

interface InPlaceProps {
  value: string
  label: string
  placeholder?: string
  isLong?: boolean
  isNeeded?: boolean
  className?: string | undefined
  maxLength?: number
  /** `begun`: what stood there when a person began to write. */
  onDone(value: string, begun: string): void
  /** What would be told if a person were done at this letter; null: nothing. */
  onWrite?(value: string | null, begun: string): void
}

export function InPlace({ value, label, isLong, isNeeded, onDone, onWrite, ...rest }: InPlaceProps) {
  const [text, setText] = useState(value)
  const begun = useRef<string | null>(null)
  useEffect(() => {
    if (begun.current === null) setText(value)
  }, [value])

  const isChange = (told: string, from: string) =>
    told !== value && told !== from && !(isNeeded && told === '')
  const write = (next: string) => {
    setText(next)
    const from = begun.current ?? value
    onWrite?.(isChange(next.trim(), from) ? next.trim() : null, from)
  }
  const done = () => {
    const from = begun.current ?? value
    begun.current = null
    const told = text.trim()
    const isNew = isChange(told, from)
    // where somebody else wrote meanwhile, their words are seen until it is decided whose stand
    if (!isNew || value !== from) setText(value)
    onWrite?.(null, from)
    if (isNew) onDone(told, from)
  }
  const key = (event: KeyboardEvent<HTMLElement>) => {
    if (event.key === 'Enter' && (!isLong || event.ctrlKey || event.metaKey)) {
      event.stopPropagation()
      event.currentTarget.blur()
    }
    if (event.key === 'Escape') {
      event.stopPropagation()
      setText(value)
      const field = event.currentTarget
      requestAnimationFrame(() => field.blur())
    }
  }
  const props = {
    ...rest,
    'aria-label': label,
    title: undefined,
    isInPlace: true,
    value: text,
    onChange: write,
    onFocus: () => {
      begun.current = value
    },
    onBlur: done,
    onKeyDown: key,
  }
  return isLong ? <TextArea rows={1} {...props} /> : <TextInput {...props} />
}
