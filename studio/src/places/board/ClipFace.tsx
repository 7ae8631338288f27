/** A clip: its poster, and the clip itself, silent, while it is pointed at or has the focus. */
import { useEffect, useRef, useState } from 'react'
import type { BoardItem } from '../../api/types'
import { Icon } from '../../parts/Icon'
import styles from './Face.module.css'

export function ClipFace({ item }: { item: BoardItem }) {
  const face = useRef<HTMLDivElement>(null)
  const [isPlaying, setPlaying] = useState(false)
  useEffect(() => {
    const whole = face.current?.parentElement
    if (!whole) return
    const play = () => setPlaying(true)
    const rest = () => setPlaying(false)
    const hears = [
      ['pointerenter', play],
      ['focus', play],
      ['pointerleave', rest],
      ['blur', rest],
    ] as const
    for (const [name, hear] of hears) whole.addEventListener(name, hear)
    return () => {
      for (const [name, hear] of hears) whole.removeEventListener(name, hear)
    }
  }, [])
  const hasClip = item.url !== null && (isPlaying || item.poster_url === null)
  return (
    <div ref={face} className={styles.whole}>
      {item.poster_url !== null && (
        <img className={styles.picture} src={item.poster_url} alt="" decoding="async" draggable={false} />
      )}
      {hasClip && (
        <video
          key={String(isPlaying)}
          className={styles.picture}
          src={item.url ?? undefined}
          autoPlay={isPlaying}
          preload={isPlaying ? 'auto' : 'metadata'}
          muted
          loop
          playsInline
          tabIndex={-1}
          aria-hidden="true"
        />
      )}
      {item.url === null && (
        <span className={styles.none}>
          <Icon name="warning" size={22} />
        </span>
      )}
      {!isPlaying && (
        <span className={styles.sign}>
          <Icon name="play" size={12} />
        </span>
      )}
    </div>
  )
}
