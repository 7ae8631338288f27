/** The shots of the project and what was made of them, to be laid on the board. */
import type { DragEvent } from 'react'
import type { ProjectWhole, Shot } from '../../api/types'
import { IconButton } from '../../parts/Button'
import { Picture } from '../../parts/Picture'
import { useWords } from '../../words/words'
import { faceOf, pictureUrl, shapeOf } from '../common/jobs'
import { useHidden } from '../common/later'
import { type Showing, showingShot, showingTake } from './making'
import styles from './Tray.module.css'

const TYPE = 'application/x-manazir-board-showing'

interface TrayProps {
  project: ProjectWhole
  onClose(): void
  /** Without the pointer: in the middle of what is seen. */
  onLay(showing: Showing): void
}

export function Tray({ project, onClose, onLay }: TrayProps) {
  const { t } = useWords()
  return (
    <aside className={styles.tray} aria-label={t('board.tray')}>
      <div className={styles.head}>
        <h2>{t('board.tray')}</h2>
        <IconButton icon="close" label={t('common.close')} hotkey="s" isSmall onClick={onClose} />
      </div>
      <p className={styles.hint}>{t(project.shots.length === 0 ? 'board.tray.empty' : 'board.tray.hint')}</p>
      {project.shots.map((shot) => (
        <ShotOfTray key={shot.id} shot={shot} shape={shapeOf(shot.takes, project)} onLay={onLay} />
      ))}
    </aside>
  )
}

interface ShotOfTrayProps {
  shot: Shot
  shape: number
  onLay(showing: Showing): void
}

function ShotOfTray({ shot, shape, onLay }: ShotOfTrayProps) {
  const { t, number } = useWords()
  const hidden = useHidden()
  const face = faceOf(shot)
  const made = shot.takes.filter((take) => take.job.state === 'succeeded' && !hidden.has(take.id)).reverse()
  return (
    <section className={styles.shot}>
      <button
        type="button"
        className={styles.whole}
        {...carries(showingShot(shot))}
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
            const name = t('film.take', { number: take.number })
            return (
              <button
                key={take.id}
                type="button"
                className={styles.take}
                {...carries(showing)}
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

/** What was dragged out of the tray; null: something else. */
export function carried(data: DataTransfer): Showing | null {
  const text = data.getData(TYPE)
  return text === '' ? null : (JSON.parse(text) as Showing)
}

function carries(showing: Showing) {
  return {
    draggable: true,
    onDragStart: (event: DragEvent) => {
      event.dataTransfer.effectAllowed = 'copy'
      event.dataTransfer.setData(TYPE, JSON.stringify(showing))
    },
  }
}
