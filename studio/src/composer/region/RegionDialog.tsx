/** Marking on a frame of the clip what of it stays, or what alone is changed. */
import { useEffect, useRef, useState } from 'react'
import { Button, IconButton } from '../../parts/Button'
import { Dialog } from '../../parts/Dialog'
import { Segmented } from '../../parts/Segmented'
import { Slider } from '../../parts/Slider'
import { useWords } from '../../words/words'
import { useComposing } from '../composing'
import type { Box, Source } from '../draft/draft'
import { urlOf } from '../things'
import { MIDDLE, MOST_BOXES } from './boxes'
import { saidOf } from './RegionBox'
import styles from './RegionDialog.module.css'
import { RegionOver } from './RegionOver'
import { RegionPaper } from './RegionPaper'

export function RegionDialog({ source, onClose }: { source: Source; onClose(): void }) {
  const words = useWords()
  const { t, place } = words
  const { clip, span, edit } = useComposing()
  const [boxes, setBoxes] = useState<readonly Box[]>(source.region?.boxes ?? [])
  const [mask, setMask] = useState(source.region?.mask ?? null)
  const [isKept, setKept] = useState(source.region?.isKept ?? true)
  const [selected, select] = useState<number | null>(null)
  const [frame, setFrame] = useState(0)
  const [shape, setShape] = useState((clip?.width ?? 16) / (clip?.height ?? 9))
  const rate = clip?.frame_rate ?? span.rate
  const frames = Math.max(1, Math.round((clip?.duration_seconds ?? 0) * rate))
  const chosen = selected === null ? undefined : boxes[selected]

  const add = () => {
    setBoxes([...boxes, MIDDLE])
    select(boxes.length)
  }
  const remove = () => {
    setBoxes(boxes.filter((_, at) => at !== selected))
    select(null)
  }
  const keep = () => {
    const isEmpty = boxes.length === 0 && mask === null
    edit({ do: 'source', values: { region: isEmpty ? null : { boxes, mask, isKept } } })
    onClose()
  }
  return (
    <Dialog
      title={t('composer.region.title')}
      isOpen
      onClose={onClose}
      isWide
      foot={
        <>
          <span className={styles.note}>{t('composer.region.seam')}</span>
          <Button onClick={onClose}>{t('common.cancel')}</Button>
          <Button weight="first" icon="check" onClick={keep}>
            {t('common.done')}
          </Button>
        </>
      }
    >
      <div className={styles.room}>
        <div className={styles.tools}>
          <span className={styles.does}>
            {t('composer.region.does')}
            <Segmented
              isSmall
              label={t('composer.region.does')}
              value={isKept ? 'keep' : 'change'}
              segments={[
                { value: 'keep', label: t('composer.region.keep') },
                { value: 'change', label: t('composer.region.change') },
              ]}
              onChange={(value) => setKept(value === 'keep')}
            />
          </span>
          <Button isSmall icon="plus" disabled={boxes.length >= MOST_BOXES} onClick={add}>
            {t('composer.region.add')}
          </Button>
          <span className={styles.acts}>
            <IconButton
              isSmall
              icon="trash"
              label={t('composer.region.remove')}
              disabled={chosen === undefined}
              onClick={remove}
            />
            <Button isSmall disabled={boxes.length === 0} onClick={() => setBoxes([])}>
              {t('composer.region.clear')}
            </Button>
          </span>
        </div>
        <RegionPaper
          shape={shape}
          boxes={boxes}
          selected={selected}
          mayAdd={boxes.length < MOST_BOXES}
          onSelect={select}
          onChange={setBoxes}
        >
          <Frame url={urlOf(source.clip)} at={(frame + 0.5) / rate} onShape={setShape} />
          {boxes.length > 0 && <RegionOver region={{ boxes, isKept }} shape={shape} />}
        </RegionPaper>
        <p className={styles.help}>{t('composer.region.help')}</p>
        <div className={styles.under}>
          <Slider
            isTime
            label={t('shell.player.scrub')}
            value={frame}
            min={0}
            max={frames - 1}
            step={1}
            said={place(frame / rate)}
            onChange={setFrame}
          />
          {mask !== null && (
            <span className={styles.mask}>
              {t('composer.region.mask')}
              <IconButton
                isSmall
                icon="close"
                label={t('composer.region.mask.remove')}
                onClick={() => setMask(null)}
              />
            </span>
          )}
          <span className={styles.count} role="status">
            {chosen !== undefined && selected !== null
              ? saidOf(chosen, selected + 1, words)
              : t('composer.region.count', { count: boxes.length })}
          </span>
        </div>
      </div>
    </Dialog>
  )
}

interface FrameProps {
  /** null: it lies where this page may not look. */
  url: string | null
  at: number
  onShape(shape: number): void
}

function Frame({ url, at, onShape }: FrameProps) {
  const video = useRef<HTMLVideoElement>(null)
  useEffect(() => {
    if (video.current) video.current.currentTime = at
  }, [at])
  if (url === null) return null
  return (
    <video
      ref={video}
      src={url}
      muted
      playsInline
      preload="auto"
      tabIndex={-1}
      aria-hidden="true"
      onLoadedMetadata={({ currentTarget }) => {
        onShape(currentTarget.videoWidth / currentTarget.videoHeight)
        currentTarget.currentTime = at
      }}
    />
  )
}
