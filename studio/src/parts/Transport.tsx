/** The controls under a clip. Time runs from left to right in every language. */
import type { CSSProperties } from 'react'
import { useWords } from '../words/words'
import { IconButton } from './Button'
import { useHotkeys } from './keys'
import { frameAt, type Playback } from './playback'
import styles from './Transport.module.css'

interface TransportProps {
  playback: Playback
  frameRate: number
  hasSound: boolean
  onWhole?: (() => void) | undefined
}

export function Transport({ playback, frameRate, hasSound, onWhole }: TransportProps) {
  const { t, place } = useWords()
  const { isPlaying, time, duration, isLoop, isSilent } = playback
  useHotkeys(t('shell.player'), [
    { keys: ' ', label: t(isPlaying ? 'shell.player.pause' : 'shell.player.play'), run: playback.toggle },
    { keys: ',', label: t('shell.player.back'), run: () => playback.step(-1) },
    { keys: '.', label: t('shell.player.on'), run: () => playback.step(1) },
    { keys: 'l', label: t('shell.player.loop'), run: () => playback.setLoop(!isLoop) },
    { keys: 'm', label: t('shell.player.sound'), run: () => playback.setSilent(!isSilent), isOff: !hasSound },
    { keys: 'f', label: t('shell.player.whole'), run: () => onWhole?.(), isOff: onWhole === undefined },
  ])
  const at: CSSProperties & { '--at': string } = { '--at': `${duration > 0 ? (100 * time) / duration : 0}%` }
  const seen = Math.min(time, duration)
  return (
    <div className={styles.bar}>
      <IconButton
        icon={isPlaying ? 'pause' : 'play'}
        label={t(isPlaying ? 'shell.player.pause' : 'shell.player.play')}
        hotkey=" "
        onClick={playback.toggle}
      />
      <IconButton
        icon="frameBack"
        label={t('shell.player.back')}
        hotkey=","
        onClick={() => playback.step(-1)}
      />
      <IconButton icon="frameOn" label={t('shell.player.on')} hotkey="." onClick={() => playback.step(1)} />
      <input
        type="range"
        className={styles.scrub}
        aria-label={t('shell.player.scrub')}
        aria-valuetext={place(seen)}
        min={0}
        max={duration}
        step={1 / frameRate}
        value={seen}
        style={at}
        onChange={(event) => playback.seek(event.target.valueAsNumber)}
      />
      <span className={styles.time}>
        <bdi className={styles.now}>{place(seen)}</bdi> / <bdi>{place(duration)}</bdi>
        <bdi className={styles.frame}>{t('shell.player.frame', { number: frameAt(seen, frameRate) })}</bdi>
      </span>
      <IconButton
        icon="loop"
        label={t('shell.player.loop')}
        hotkey="l"
        aria-pressed={isLoop}
        onClick={() => playback.setLoop(!isLoop)}
      />
      {hasSound && (
        <IconButton
          icon={isSilent ? 'silent' : 'sound'}
          label={t('shell.player.sound')}
          hotkey="m"
          onClick={() => playback.setSilent(!isSilent)}
        />
      )}
      {onWhole && <IconButton icon="whole" label={t('shell.player.whole')} hotkey="f" onClick={onWhole} />}
    </div>
  )
}
