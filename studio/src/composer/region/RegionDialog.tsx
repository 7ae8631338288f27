/** Marking on a frame of the clip what of it stays, or what alone is changed. */
import { type DragEvent, type KeyboardEvent, useEffect, useRef, useState } from 'react'
import { Button } from '../../parts/Button'
import { Dialog } from '../../parts/Dialog'
import { Slider } from '../../parts/Slider'
import { useWords } from '../../words/words'
import { useComposing } from '../composing'
import type { Box, Source } from '../draft/draft'
import { dropped, hovering, urlOf } from '../things'
import { MIDDLE, MOST_BOXES, type Point } from './boxes'
import { InkLayer } from './InkLayer'
import type { Size } from './ink'
import { MaskBar } from './MaskBar'
import { saidOf } from './RegionBox'
import styles from './RegionDialog.module.css'
import { RegionOver } from './RegionOver'
import { RegionPaper } from './RegionPaper'
import { RegionTools, type Tool } from './RegionTools'
import { useMask } from './useMask'

export function RegionDialog({ source, onClose }: { source: Source; onClose(): void }) {
  const words = useWords()
  const { t, place } = words
  const { clip, span, edit, project, onProblem } = useComposing()
  const [boxes, setBoxes] = useState<readonly Box[]>(source.region?.boxes ?? [])
  const [isKept, setKept] = useState(source.region?.isKept ?? true)
  const [selected, select] = useState<number | null>(null)
  const [frame, setFrame] = useState(0)
  const [size, setSize] = useState<Size>({ width: clip?.width ?? 16, height: clip?.height ?? 9 })
  const shape = size.width / size.height
  const mask = useMask(source.region?.mask ?? null, size)
  const [tool, setTool] = useState<Tool>('box')
  const [width, setWidth] = useState(0.12)
  const [isBusy, setBusy] = useState(false)
  const rate = clip?.frame_rate ?? span.rate
  const frames = Math.max(1, Math.round((clip?.duration_seconds ?? 0) * rate))
  const chosen = selected === null ? undefined : boxes[selected]
  const isMarked = boxes.length > 0 || mask.ink.base !== null || mask.ink.strokes.length > 0

  const add = () => {
    setBoxes([...boxes, MIDDLE])
    select(boxes.length)
  }
  const remove = () => {
    setBoxes(boxes.filter((_, at) => at !== selected))
    select(null)
  }
  const clear = () => {
    setBoxes([])
    mask.clear()
  }
  const keep = async () => {
    setBusy(true)
    try {
      const kept = await mask.kept()
      if (kept === undefined) return
      const isEmpty = boxes.length === 0 && kept === null
      edit({ do: 'source', values: { region: isEmpty ? null : { boxes, mask: kept, isKept } } })
      onClose()
    } catch (error) {
      if (!(error instanceof DOMException && error.name === 'AbortError')) onProblem(error)
    } finally {
      setBusy(false)
    }
  }
  const stroke = (points: readonly Point[]) => ({ points, width, isErasing: tool === 'eraser' })
  const key = (event: KeyboardEvent) => {
    if (!(event.ctrlKey || event.metaKey) || event.code !== 'KeyZ' || mask.ink.strokes.length === 0) return
    event.preventDefault()
    mask.undo()
  }
  const drops = {
    onDragOver: (event: DragEvent) => {
      if (hovering(event) === 'picture') event.preventDefault()
    },
    onDrop: (event: DragEvent) => {
      event.preventDefault()
      event.stopPropagation()
      const [thing] = dropped(event, project).things
      if (thing) void mask.bring(thing)
    },
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
          <Button weight="first" icon="check" isBusy={isBusy} onClick={() => void keep()}>
            {t('common.done')}
          </Button>
        </>
      }
    >
      {/* biome-ignore lint/a11y/noStaticElementInteractions: a mask may be let go anywhere here, and is brought by a button */}
      <div className={styles.room} onKeyDown={key} {...drops}>
        <RegionTools
          isKept={isKept}
          tool={tool}
          width={width}
          mask={mask}
          hasRoom={boxes.length < MOST_BOXES}
          isMarked={isMarked}
          onKept={setKept}
          onTool={setTool}
          onWidth={setWidth}
          onAdd={add}
          onRemove={chosen && remove}
          onClear={clear}
        />
        <RegionPaper
          shape={shape}
          boxes={boxes}
          selected={selected}
          mayAdd={boxes.length < MOST_BOXES}
          onSelect={select}
          onChange={setBoxes}
        >
          <Frame url={urlOf(source.clip)} at={(frame + 0.5) / rate} onSize={setSize} />
          {isMarked && <RegionOver region={{ boxes, isKept }} ink={mask.ink} shape={shape} />}
          {tool !== 'box' && (
            <InkLayer
              width={width}
              shape={shape}
              onDraw={(points) => mask.draw(stroke(points))}
              onDrawn={(points) => mask.add(stroke(points))}
            />
          )}
        </RegionPaper>
        <p className={styles.help}>
          {t(tool === 'box' ? 'composer.region.help' : 'composer.region.ink.help')}
        </p>
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
          <MaskBar mask={mask} clip={size} />
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
  onSize(size: Size): void
}

function Frame({ url, at, onSize }: FrameProps) {
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
        onSize({ width: currentTarget.videoWidth, height: currentTarget.videoHeight })
        currentTarget.currentTime = at
      }}
    />
  )
}
