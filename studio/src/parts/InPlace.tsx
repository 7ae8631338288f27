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
}

export function InPlace({ value, label, isLong, isNeeded, onDone, ...rest }: InPlaceProps) {
  const [text, setText] = useState(value)
  const begun = useRef<string | null>(null)
  useEffect(() => {
    if (begun.current === null) setText(value)
  }, [value])

  const done = () => {
    const from = begun.current ?? value
    begun.current = null
    const told = text.trim()
    const isChange = told !== value && told !== from && !(isNeeded && told === '')
    // where somebody else wrote meanwhile, their words are seen until it is decided whose stand
    if (!isChange || value !== from) setText(value)
    if (isChange) onDone(told, from)
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
    onChange: setText,
    onFocus: () => {
      begun.current = value
    },
    onBlur: done,
    onKeyDown: key,
  }
  return isLong ? <TextArea rows={1} {...props} /> : <TextInput {...props} />
}
