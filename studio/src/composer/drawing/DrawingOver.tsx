/** The drawing of a take: with the picture that it was made on, else over the take's own frame; gone when that plays on. */
import { type CSSProperties, useEffect, useRef, useState } from 'react'
import type { Drawing } from '../../api/types'
import { Button } from '../../parts/Button'
import { useWords } from '../../words/words'
import styles from './DrawingOver.module.css'
import { DrawnOn } from './DrawnOn'
import { Marks } from './Marks'

interface DrawingOverProps {
  drawing: Drawing
  /** Width by height of the picture, which is letter-boxed in its room. */
  shape: number
  frameRate: number
}

export function DrawingOver({ drawing, shape, frameRate }: DrawingOverProps) {
  const { t } = useWords()
  const room = useRef<HTMLDivElement>(null)
  const [isShown, setShown] = useState(false)
  const ratio: CSSProperties & Record<'--ratio', number> = { '--ratio': shape }
  useEffect(() => {
    const clip = room.current?.parentElement?.querySelector('video')
    if (!isShown || !clip) return
    clip.pause()
    if (!drawing.ground) clip.currentTime = drawing.at_seconds + 0.5 / frameRate
    const hide = () => setShown(false)
    clip.addEventListener('play', hide)
    return () => clip.removeEventListener('play', hide)
  }, [isShown, drawing, frameRate])
  return (
    <>
      <div ref={room} className={styles.room}>
        {isShown && drawing.ground && <DrawnOn drawing={drawing} shape={shape} />}
        {isShown && !drawing.ground && (
          <div className={styles.picture} style={ratio}>
            <Marks marks={drawing.marks} shape={shape} />
          </div>
        )}
      </div>
      <span className={styles.toggle}>
        <Button isSmall weight="over" icon="draft" aria-pressed={isShown} onClick={() => setShown(!isShown)}>
          {t('composer.drawing')}
        </Button>
      </span>
    </>
  )
}
