/** A drawing with the picture that it was made on: that frame, and no other. */
import { type CSSProperties, useRef, useState } from 'react'
import { contentOf, idIn, useAsset } from '../../api/assets'
import type { Drawing } from '../../api/types'
import { useWords } from '../../words/words'
import styles from './DrawnOn.module.css'
import { Marks } from './Marks'

interface DrawnOnProps {
  drawing: Drawing
  /** Width by height until the picture says its own. */
  shape: number
}

export function DrawnOn({ drawing, shape: usual }: DrawnOnProps) {
  const { t } = useWords()
  const clip = useRef<HTMLVideoElement>(null)
  const [shape, setShape] = useState(usual)
  const { file, frame = null } = drawing.ground ?? {}
  const id = idIn(file ?? '')
  const { data: asset, error } = useAsset(id)
  const ratio: CSSProperties & Record<'--ratio', number> = { '--ratio': shape }
  const seek = () => {
    if (clip.current) clip.current.currentTime = ((frame ?? 0) + 0.5) / (asset?.frame_rate ?? 24)
  }
  return (
    <div className={styles.picture} style={ratio}>
      {id !== null && asset && frame === null && (
        <img
          src={contentOf(id)}
          alt=""
          onLoad={({ currentTarget: { naturalWidth, naturalHeight } }) =>
            setShape(naturalWidth / naturalHeight)
          }
        />
      )}
      {id !== null && asset && frame !== null && (
        <video
          ref={clip}
          src={contentOf(id)}
          muted
          playsInline
          preload="auto"
          tabIndex={-1}
          aria-hidden="true"
          onLoadedMetadata={({ currentTarget: { videoWidth, videoHeight } }) => {
            setShape(videoWidth / videoHeight)
            seek()
          }}
        />
      )}
      {error && <p className={styles.gone}>{t('composer.drawing.gone')}</p>}
      <Marks marks={drawing.marks} shape={shape} />
    </div>
  )
}
