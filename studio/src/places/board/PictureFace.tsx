import { useState } from 'react'
import type { BoardItem } from '../../api/types'
import { Icon } from '../../parts/Icon'
import styles from './Face.module.css'

export function PictureFace({ item }: { item: BoardItem }) {
  const [broken, setBroken] = useState<string | null>(null)
  if (item.url === null || item.url === broken) {
    return (
      <span className={styles.none}>
        <Icon name="still" size={22} />
      </span>
    )
  }
  return (
    <img
      className={styles.picture}
      src={item.url}
      alt=""
      decoding="async"
      draggable={false}
      onError={() => setBroken(item.url)}
    />
  )
}
