/** What is seen of a world: the turn that was made last, then its last frame; before, what play starts from. */
import { useRef } from 'react'
import type { Take } from '../../api/types'
import { Icon } from '../../parts/Icon'
import { useWords } from '../../words/words'
import { pictureUrl } from '../common/jobs'
import { useLook } from '../common/TakePicture'
import styles from './Screen.module.css'

interface ScreenProps {
  seen: Take | null
  /** That is being made; a look at it lies over what is seen. */
  coming: Take | null
  /** How long its last turn is: only that is shown. */
  turnSeconds: number
  /** Only where it ends is shown. */
  isStill: boolean
  words: string
}

export function Screen({ seen, coming, turnSeconds, isStill, words }: ScreenProps) {
  const { t } = useWords()
  const clip = seen?.job.outputs.video?.url ?? null
  const picture = seen === null ? null : pictureUrl(seen.job)
  return (
    <>
      {clip !== null && <Clip key={clip} src={clip} turnSeconds={turnSeconds} isStill={isStill} />}
      {clip === null && picture !== null && (
        <img className={styles.picture} src={picture} alt={t('play.seen')} />
      )}
      {seen === null && (
        <div className={styles.nothing}>
          <Icon name="world" size={40} />
          <p dir="auto">{words || t('play.wordless')}</p>
        </div>
      )}
      {coming && <Preview take={coming} />}
    </>
  )
}

function Clip({ src, turnSeconds, isStill }: { src: string; turnSeconds: number; isStill: boolean }) {
  const { t } = useWords()
  const clip = useRef<HTMLVideoElement>(null)
  const begin = () => {
    const video = clip.current
    if (video === null) return
    video.currentTime = Math.max(0, video.duration - (isStill ? 0.04 : turnSeconds))
    if (!isStill) void video.play().catch(() => undefined) // a browser that wants a press first shows the first frame
  }
  return (
    // biome-ignore lint/a11y/useMediaCaption: nobody speaks in it
    <video
      ref={clip}
      className={styles.picture}
      src={src}
      aria-label={t('play.seen')}
      playsInline
      preload="auto"
      onLoadedMetadata={begin}
    />
  )
}

function Preview({ take }: { take: Take }) {
  const { previewUrl } = useLook(take.job)
  return previewUrl === null ? null : <img className={styles.picture} src={previewUrl} alt="" />
}
