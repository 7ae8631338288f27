/** The file of a picture or a clip: pressed, it is downloaded; dragged, it goes to the desktop, a shot or a composer. */
import { contentOf } from '../../api/assets'
import type { BoardItem } from '../../api/types'
import { carries, carryFile, type Thing } from '../../composer/things'
import { Icon } from '../../parts/Icon'
import { Tip } from '../../parts/Tip'
import { useWords } from '../../words/words'
import styles from './SelectionBar.module.css'

interface TakeOutProps {
  item: BoardItem
  /** The file; null: it is gone. */
  assetId: string | null
  /** As the file is called. */
  name: string
  thing: Thing | null
}

export function TakeOut({ item, assetId, name, thing }: TakeOutProps) {
  const { t } = useWords()
  const { url, mime_type } = item
  if (assetId === null || url === null || mime_type === null) return null
  const { onDragStart } = carries(thing)
  return (
    <Tip label={t('board.out')}>
      <a
        className={styles.out}
        href={contentOf(assetId)}
        download={name}
        aria-label={t('board.out')}
        draggable
        onDragStart={(event) => {
          onDragStart(event)
          // by the link that needs no session: the desktop has none
          carryFile(event, url, name, mime_type)
        }}
      >
        <Icon name="download" />
      </a>
    </Tip>
  )
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
