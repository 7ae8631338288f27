/** How the camera moves, by name and by a picture that moves so. */
import { useEffect, useRef, useState } from 'react'
import { MOVES, type Model, type Move } from '../../api/types'
import { Icon } from '../../parts/Icon'
import { Popover } from '../../parts/Popover'
import { useWords } from '../../words/words'
import { useComposing } from '../composing'
import { leavesCameraFree } from '../draft/camera'
import type { Draft } from '../draft/draft'
import chip from './Chip.module.css'
import styles from './MovePicker.module.css'

export function MovePicker() {
  const { t } = useWords()
  const { draft, edit, model } = useComposing()
  const [isOpen, setOpen] = useState(false)
  const choose = (move: Move | null) => {
    edit({ do: 'move', move })
    setOpen(false)
  }
  const name = draft.move === null ? t('film.move') : t(`film.move.${draft.move}`)
  return (
    <Popover
      title={t('film.move')}
      isOpen={isOpen}
      onOpenChange={setOpen}
      trigger={
        <button
          type="button"
          className={chip.chip}
          data-empty={draft.move === null || undefined}
          aria-label={`${t('film.move')}: ${name}`}
        >
          <Icon name="camera" size={14} />
          {name}
        </button>
      }
    >
      <div className={styles.grid} role="radiogroup" aria-label={t('film.move')}>
        {MOVES.map((move) => (
          <MoveTile key={move} move={move} isChosen={draft.move === move} onChoose={() => choose(move)} />
        ))}
        {/* biome-ignore lint/a11y/useSemanticElements: drawn as a tile beside the others */}
        <button
          type="button"
          role="radio"
          aria-checked={draft.move === null}
          className={styles.tile}
          onClick={() => choose(null)}
        >
          <span className={styles.none}>
            <Icon name="close" size={18} />
          </span>
          {t('composer.move.none')}
        </button>
      </div>
      <p className={styles.note}>{t(noteOf(model, draft))}</p>
    </Popover>
  )
}

function noteOf(model: Model | null, draft: Draft) {
  if (!model?.honours.includes('camera')) return 'composer.move.words'
  return leavesCameraFree(draft) ? 'composer.move.path' : 'composer.move.closed'
}

interface MoveTileProps {
  move: Move
  isChosen: boolean
  onChoose(): void
}

function MoveTile({ move, isChosen, onChoose }: MoveTileProps) {
  const { t } = useWords()
  const [isLooked, setLooked] = useState(false)
  return (
    // biome-ignore lint/a11y/useSemanticElements: a radio cannot be drawn as a picture
    <button
      type="button"
      role="radio"
      aria-checked={isChosen}
      className={styles.tile}
      onClick={onChoose}
      onPointerEnter={() => setLooked(true)}
      onPointerLeave={() => setLooked(false)}
      onFocus={() => setLooked(true)}
      onBlur={() => setLooked(false)}
    >
      <MovePicture move={move} moves={isLooked || !prefersStill()} />
      {t(`film.move.${move}`)}
    </button>
  )
}

/** A picture that moves cannot be stopped: where it should stand still its first frame is drawn. */
function MovePicture({ move, moves }: { move: Move; moves: boolean }) {
  const still = useRef<HTMLCanvasElement>(null)
  const url = `${import.meta.env.BASE_URL}moves/${move}.webp`
  useEffect(() => {
    if (moves) return
    let isGone = false
    const draw = async () => {
      const frame = await createImageBitmap(await (await fetch(url)).blob())
      const canvas = still.current
      if (isGone || canvas === null) return
      Object.assign(canvas, { width: frame.width, height: frame.height })
      canvas.getContext('2d')?.drawImage(frame, 0, 0)
    }
    draw().catch(() => undefined) // without its picture the name still says it
    return () => {
      isGone = true
    }
  }, [url, moves])
  return moves ? (
    <img className={styles.picture} src={url} alt="" draggable={false} />
  ) : (
    <canvas ref={still} className={styles.picture} />
  )
}

function prefersStill(): boolean {
  return matchMedia('(prefers-reduced-motion: reduce)').matches
}
