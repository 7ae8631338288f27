/** The shots of the project and what was made of them, to be laid on the board. */
import { type DragEvent, useState } from 'react'
import type { ProjectWhole, Shot } from '../../api/types'
import { type Carried, carries, dropped, hovering, thingOfTake } from '../../composer/things'
import { IconButton } from '../../parts/Button'
import { Picture } from '../../parts/Picture'
import { useWords } from '../../words/words'
import { faceOf, pictureUrl, shapeOf } from '../common/jobs'
import { useHidden } from '../common/later'
import { type Showing, showingShot, showingTake } from './making'
import styles from './Tray.module.css'
import { useDwell } from './useDwell'

interface TrayProps {
  project: ProjectWhole
  onClose(): void
  /** Without the pointer: in the middle of what is seen. */
  onLay(showing: Showing): void
  /** The shot that what is dragged on the board hangs over. */
  targetShot: string | null
  onReference(carried: Carried, shot: Shot): void
  /** What is carried rested over it. */
  onOpen(shot: Shot): void
}

export function Tray({ project, onClose, onLay, targetShot, onReference, onOpen }: TrayProps) {
  const { t } = useWords()
  return (
    <aside className={styles.tray} aria-label={t('board.tray')}>
      <div className={styles.head}>
        <h2>{t('board.tray')}</h2>
        <IconButton icon="close" label={t('common.close')} hotkey="s" isSmall onClick={onClose} />
      </div>
      <p className={styles.hint}>{t(project.shots.length === 0 ? 'board.tray.empty' : 'board.tray.hint')}</p>
      {project.shots.map((shot) => (
        <ShotOfTray
          key={shot.id}
          shot={shot}
          shape={shapeOf(shot.takes, project)}
          isTarget={targetShot === shot.id}
          onLay={onLay}
          onOpen={() => onOpen(shot)}
          onDropped={(event) => onReference(dropped(event, project), shot)}
        />
      ))}
    </aside>
  )
}

interface ShotOfTrayProps {
  shot: Shot
  shape: number
  isTarget: boolean
  onLay(showing: Showing): void
  onOpen(): void
  onDropped(event: DragEvent): void
}

function ShotOfTray({ shot, shape, isTarget, onLay, onOpen, onDropped }: ShotOfTrayProps) {
  const { t, number } = useWords()
  const hidden = useHidden()
  const [isOver, setOver] = useState(false)
  const dwell = useDwell(onOpen)
  const face = faceOf(shot)
  const made = shot.takes.filter((take) => take.job.state === 'succeeded' && !hidden.has(take.id)).reverse()
  return (
    <section
      className={styles.shot}
      aria-label={t('film.shot', { number: shot.number })}
      data-shot={shot.id}
      data-over={isTarget || isOver || undefined}
      onDragOver={(event) => {
        if (hovering(event) === null) return
        event.preventDefault()
        setOver(true)
        dwell.over(event)
      }}
      onDragLeave={() => {
        setOver(false)
        dwell.leave()
      }}
      onDrop={(event) => {
        event.preventDefault()
        setOver(false)
        dwell.leave()
        onDropped(event)
      }}
    >
      <button
        type="button"
        className={styles.whole}
        {...carries(face && thingOfTake(face), shot)}
        aria-label={t('board.lay', { name: t('film.shot', { number: shot.number }) })}
        onClick={() => onLay(showingShot(shot))}
      >
        <span className={styles.cover}>
          <Picture src={face && pictureUrl(face.job)} alt="" shape={shape} icon="plan" />
        </span>
        <span className={styles.name}>
          <b>{number(shot.number)}</b> <bdi>{shot.title || shot.prompt}</bdi>
        </span>
      </button>
      {made.length > 0 && (
        <div className={styles.takes}>
          {made.map((take) => {
            const showing = showingTake(take)
            if (showing === null) return null
            const name = t('composer.take.of', { shot: shot.number, take: take.number })
            return (
              <button
                key={take.id}
                type="button"
                className={styles.take}
                {...carries(thingOfTake(take))}
                aria-label={t('board.lay', { name })}
                title={name}
                onClick={() => onLay(showing)}
              >
                <Picture src={pictureUrl(take.job)} alt="" shape={shape} />
              </button>
            )
          })}
        </div>
      )}
    </section>
  )
}
