/** Over a player: the frame that is seen, to be dragged to the strip, or handed there by a press. */
import { useRef } from 'react'
import { IconButton } from '../parts/Button'
import { useWords } from '../words/words'
import styles from './FrameHandle.module.css'
import { hand } from './handing'
import { carry, frameOf, type Thing } from './things'

/** The clip that plays beside it is the one with this id on the server. */
export function FrameHandle({ clip }: { clip: string }) {
  const { t } = useWords()
  const handle = useRef<HTMLSpanElement>(null)
  const seen = (): Thing => {
    const video = handle.current?.parentElement?.querySelector('video')
    return frameOf(clip, video?.currentTime ?? 0)
  }
  return (
    // biome-ignore lint/a11y/noStaticElementInteractions: the button in it does the same by a press
    <span ref={handle} className={styles.handle} draggable onDragStart={(event) => carry(event, seen())}>
      <IconButton
        weight="over"
        isSmall
        icon="pin"
        label={t('composer.frame.hand')}
        onClick={(event) => {
          const box = event.currentTarget.getBoundingClientRect()
          hand(seen(), { x: box.left, y: box.bottom })
        }}
      />
    </span>
  )
}
