/** The file of a picture or a clip: pressed, it is downloaded; dragged, it goes to the desktop, a shot or a composer. */
import type { DragEvent } from 'react'
import { contentOf } from '../../api/assets'
import type { BoardItem } from '../../api/types'
import { carry, carryFile, type Thing } from '../../composer/things'
import { Icon } from '../../parts/Icon'
import { Tip } from '../../parts/Tip'
import { useWords } from '../../words/words'
import styles from './SelectionBar.module.css'

export interface TakeOutProps {
  item: BoardItem
  /** The file; null: it is gone. */
  assetId: string | null
  /** As the file is called. */
  name: string
  thing: Thing | null
}

export function TakeOut(out: TakeOutProps) {
  const { t } = useWords()
  const { item, assetId, name } = out
  if (assetId === null || item.url === null || item.mime_type === null) return null
  return (
    <Tip label={t('board.out')}>
      <a
        className={styles.out}
        href={contentOf(assetId)}
        download={name}
        aria-label={t('board.out')}
        draggable
        onDragStart={(event) => carryOut(event, out)}
      >
        <Icon name="download" />
      </a>
    </Tip>
  )
}

/** Begins to drag it: as what the studio knows it by, and as a file. */
export function carryOut(event: DragEvent, { item, name, thing }: TakeOutProps): void {
  carry(event, thing)
  // by the link that needs no session: the desktop has none
  if (item.url !== null && item.mime_type !== null) carryFile(event, item.url, name, item.mime_type)
}

/** Names of files say what they are by their ends. */
export function fileName(name: string, mimeType: string | null): string {
  const end = mimeType?.split('/')[1]?.replace('jpeg', 'jpg').replace('quicktime', 'mov') ?? ''
  const plain = name
    .replace(/[\\/:*?"<>|]+/g, ' ')
    .replace(/\s+/g, ' ')
    .trim()
  return plain.toLowerCase().endsWith(`.${end}`) || end === '' ? plain : `${plain}.${end}`
}
