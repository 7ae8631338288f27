/** Two takes as one: side by side, with a wipe between them, or only what differs. They play together. */
import { type CSSProperties, useRef, useState } from 'react'
import type { Take } from '../../api/types'
import { IconButton } from '../../parts/Button'
import { useHotkeys } from '../../parts/keys'
import { usePlayback } from '../../parts/playback'
import { Segmented } from '../../parts/Segmented'
import { Transport } from '../../parts/Transport'
import { useWords } from '../../words/words'
import { mainOutput } from '../common/jobs'
import styles from './Compare.module.css'
import { WAYS, type Way } from './looking'

interface CompareProps {
  one: Take
  other: Take
  by: Way
  onBy(by: Way): void
  onClose(): void
}

const ICONS = { side: 'side', wipe: 'wipe', difference: 'difference' } as const
const USUAL_RATE = 24

export function Compare({ one, other, by, onBy, onClose }: CompareProps) {
  const { t } = useWords()
  const first = useRef<HTMLVideoElement>(null)
  const second = useRef<HTMLVideoElement>(null)
  const [edge, setEdge] = useState(50)
  const made = mainOutput(one.job)
  const frameRate = made?.frame_rate ?? USUAL_RATE
  const playback = usePlayback([first, second], frameRate, `${one.id} ${other.id} ${by}`)
  const cut: CSSProperties & { '--edge': string } = { '--edge': `${edge}%` }
  useHotkeys(t('shot.compare'), [
    { keys: 'Escape', label: t('shot.compare.end'), run: onClose },
    {
      keys: 'w',
      label: t('shot.compare.way'),
      run: () => onBy(WAYS[(WAYS.indexOf(by) + 1) % WAYS.length] ?? 'side'),
    },
  ])
  return (
    <div className={styles.compare}>
      <div className={styles.bar}>
        <Segmented
          isSmall
          label={t('shot.compare.way')}
          value={by}
          onChange={onBy}
          segments={WAYS.map((way) => ({ value: way, label: t(`shot.compare.${way}`), icon: ICONS[way] }))}
        />
        <IconButton icon="close" label={t('shot.compare.end')} hotkey="Escape" isSmall onClick={onClose} />
      </div>
      <div className={styles.room} data-by={by} style={cut}>
        <Half take={one} clip={first} letter={t('shot.compare.one')} />
        <Half take={other} clip={second} letter={t('shot.compare.other')} />
        {by === 'wipe' && (
          <>
            <span className={styles.edge} />
            <input
              type="range"
              className={styles.handle}
              aria-label={t('shot.compare.edge')}
              min={0}
              max={100}
              step={0.5}
              value={edge}
              onChange={(event) => setEdge(event.target.valueAsNumber)}
            />
          </>
        )}
      </div>
      {made?.mime_type.startsWith('video/') && (
        <Transport playback={playback} frameRate={frameRate} hasSound={made.has_sound ?? false} />
      )}
    </div>
  )
}

interface HalfProps {
  take: Take
  clip: React.RefObject<HTMLVideoElement | null>
  letter: string
}

function Half({ take, clip, letter }: HalfProps) {
  const { t, number } = useWords()
  const { video, image } = take.job.outputs
  return (
    <div className={styles.half}>
      {video ? (
        // biome-ignore lint/a11y/useMediaCaption: nobody speaks in it yet
        <video ref={clip} key={video.url} src={video.url} playsInline preload="auto" />
      ) : (
        image && <img src={image.url} alt="" />
      )}
      <span className={styles.letter}>
        {letter}
        {t('common.between')}
        {number(take.number)} {t(`film.kind.${take.kind}`)}
      </span>
    </div>
  )
}
