/** Finding an item by what it says, or by what it is called. */
import { type KeyboardEvent, useEffect, useId, useRef, useState } from 'react'
import type { BoardItem } from '../../api/types'
import { IconButton } from '../../parts/Button'
import { Icon, type IconName } from '../../parts/Icon'
import { useWords } from '../../words/words'
import styles from './Find.module.css'
import { type Film, isIn, nameOf } from './naming'

interface FindProps {
  /** In the order in which they are told. */
  items: readonly BoardItem[]
  film: Film
  onFound(id: string): void
  onClose(): void
}

const ICONS: Record<BoardItem['kind'], IconName> = {
  picture: 'still',
  clip: 'clip',
  note: 'note',
  shot: 'plan',
}
const MOST = 40

export function Find({ items, film, onFound, onClose }: FindProps) {
  const words = useWords()
  const { t } = words
  const [sought, seek] = useState('')
  const [at, setAt] = useState(0)
  const list = useRef<HTMLDivElement>(null)
  const id = useId()
  const named = items.map((item) => ({ item, name: nameOf(item, film, words) }))
  const all = named.filter(({ item, name }) => isIn(`${name} ${item.text ?? ''}`, sought))
  const found = all.slice(0, MOST)
  const current = found[Math.min(at, found.length - 1)]

  useEffect(() => {
    list.current?.querySelector(`[data-found="${current?.item.id}"]`)?.scrollIntoView({ block: 'nearest' })
  }, [current])
  const key = (event: KeyboardEvent) => {
    if (event.key === 'ArrowDown') setAt(Math.min(at + 1, found.length - 1))
    else if (event.key === 'ArrowUp') setAt(Math.max(0, at - 1))
    else if (event.key === 'Escape') onClose()
    else if (event.key === 'Enter' && current !== undefined) onFound(current.item.id)
    else return
    event.preventDefault()
    event.stopPropagation()
  }
  return (
    <search className={styles.find}>
      <div className={styles.field}>
        <Icon name="find" />
        <input
          // biome-ignore lint/a11y/noAutofocus: it was asked for just now
          autoFocus
          type="text"
          role="combobox"
          dir="auto"
          aria-label={t('board.find')}
          placeholder={t('board.find')}
          aria-expanded
          aria-controls={`${id}-list`}
          aria-activedescendant={current && `${id}-${current.item.id}`}
          value={sought}
          onChange={(event) => {
            seek(event.target.value)
            setAt(0)
          }}
          onKeyDown={key}
        />
        <span className={styles.count} role="status">
          {t('board.found', { count: all.length })}
        </span>
        <IconButton icon="close" isSmall label={t('common.close')} onClick={onClose} />
      </div>
      <div ref={list} id={`${id}-list`} className={styles.list} role="listbox" aria-label={t('board.find')}>
        {found.map(({ item, name }) => (
          // biome-ignore lint/a11y/useKeyWithClickEvents: the field above has the keys
          <div
            key={item.id}
            id={`${id}-${item.id}`}
            data-found={item.id}
            className={styles.one}
            role="option"
            tabIndex={-1}
            aria-selected={item === current?.item}
            onClick={() => onFound(item.id)}
          >
            <Icon name={ICONS[item.kind]} />
            <bdi>{name}</bdi>
          </div>
        ))}
      </div>
    </search>
  )
}
