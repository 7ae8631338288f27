/** A picture in its dark room; where there is none, no darkness, but what would be there. */
import { type ReactNode, useState } from 'react'
import { Icon, type IconName } from './Icon'
import styles from './Picture.module.css'

interface PictureProps {
  src: string | null
  /** For who cannot see; empty: the words beside it say it. */
  alt: string
  /** Width by height. */
  shape?: number
  /** Fill the frame and lose the edges, instead of showing all. */
  covers?: boolean
  icon?: IconName
  children?: ReactNode
  className?: string | undefined
}

export function Picture({
  src,
  alt,
  shape,
  covers = false,
  icon = 'still',
  children,
  className,
}: PictureProps) {
  const [broken, setBroken] = useState<string | null>(null)
  const isThere = src !== null && src !== broken
  return (
    <div
      className={`${styles.frame} ${isThere ? styles.dark : ''} ${className ?? ''}`}
      style={shape === undefined ? undefined : { aspectRatio: String(shape) }}
    >
      {isThere ? (
        <img
          className={`${styles.image} ${covers ? styles.covers : ''}`}
          src={src}
          alt={alt}
          loading="lazy"
          decoding="async"
          draggable={false}
          onError={() => setBroken(src)}
        />
      ) : (
        <span className={styles.empty} {...(alt !== '' && { role: 'img', 'aria-label': alt })}>
          <Icon name={icon} size={20} />
        </span>
      )}
      {children}
    </div>
  )
}
