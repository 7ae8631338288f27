/** A clip that is looked at closely: played, scrubbed, stepped by frames. */
import { type ReactNode, useRef } from 'react'
import styles from './Player.module.css'
import { usePlayback } from './playback'
import { Transport } from './Transport'

interface PlayerProps {
  src: string
  poster?: string | undefined
  label: string
  frameRate: number
  hasSound: boolean
  /** Over the picture. */
  children?: ReactNode
}

export function Player({ src, poster, label, frameRate, hasSound, children }: PlayerProps) {
  const clip = useRef<HTMLVideoElement>(null)
  const whole = useRef<HTMLDivElement>(null)
  const playback = usePlayback([clip], frameRate, src)
  const fill = () => {
    if (document.fullscreenElement) void document.exitFullscreen()
    else void whole.current?.requestFullscreen()
  }
  return (
    <div className={styles.player} ref={whole}>
      <div className={styles.room}>
        {/* biome-ignore lint/a11y/useMediaCaption: nobody speaks in it yet */}
        <video
          ref={clip}
          key={src}
          className={styles.clip}
          src={src}
          poster={poster}
          aria-label={label}
          playsInline
          preload="auto"
          onClick={playback.toggle}
        />
        {children}
      </div>
      <Transport playback={playback} frameRate={frameRate} hasSound={hasSound} onWhole={fill} />
    </div>
  )
}
