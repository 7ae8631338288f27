/** The bar above a board: where one is, and what can be laid on it. */
import { useSyncExternalStore } from 'react'
import type { ProjectWhole } from '../../api/types'
import { IconButton } from '../../parts/Button'
import { useWords } from '../../words/words'
import { Head } from '../common/Head'
import styles from './BoardOpen.module.css'
import type { Board } from './useBoard'
import type { Camera } from './useView'

interface BoardHeadProps {
  project: ProjectWhole
  board: Board
  camera: Camera
  hasTray: boolean
  onFit(): void
  onFind(): void
  onNote(): void
  onFiles(): void
  onTray(): void
}

const NEARER = 1.25

export function BoardHead({ project, board, camera, hasTray, ...on }: BoardHeadProps) {
  const { t, percent } = useWords()
  const zoom = useSyncExternalStore(camera.watch, () => Math.round(camera.view().zoom * 100) / 100)
  const isArchived = project.archived_at !== null
  const back = { path: `/projects/${project.id}`, label: project.name }
  return (
    <Head
      title={`${t('board.title')} · ${project.name}`}
      back={back}
      acts={
        <>
          {!isArchived && (
            <>
              <IconButton
                icon="undo"
                label={t('common.undo')}
                hotkey="Mod+z"
                disabled={!board.canUndo}
                onClick={board.undo}
              />
              <IconButton
                icon="redo"
                label={t('board.redo')}
                hotkey="Mod+Shift+z"
                disabled={!board.canRedo}
                onClick={board.redo}
              />
              <span className={styles.apart} />
            </>
          )}
          <IconButton
            icon="minus"
            label={t('board.farther')}
            hotkey="-"
            className={styles.zooming}
            onClick={() => camera.zoom(1 / NEARER)}
          />
          <span className={`${styles.zoom} ${styles.zooming}`}>{percent(zoom)}</span>
          <IconButton
            icon="plus"
            label={t('board.nearer')}
            hotkey="+"
            className={styles.zooming}
            onClick={() => camera.zoom(NEARER)}
          />
          <IconButton icon="fit" label={t('board.fit')} hotkey="0" onClick={on.onFit} />
          <IconButton icon="find" label={t('board.find')} hotkey="/" onClick={on.onFind} />
          {!isArchived && (
            <>
              <span className={styles.apart} />
              <IconButton icon="note" label={t('board.note.new')} hotkey="n" onClick={on.onNote} />
              <IconButton icon="bring" label={t('board.bring')} hotkey="u" onClick={on.onFiles} />
              <IconButton
                icon="plan"
                label={t('board.tray')}
                hotkey="s"
                aria-pressed={hasTray}
                onClick={on.onTray}
              />
            </>
          )}
        </>
      }
    >
      <h1 className={styles.title}>
        {t('board.title')} · <bdi>{project.name}</bdi>
      </h1>
      <p className={styles.facts} role="status" data-waiting={board.waiting > 0 || undefined}>
        {board.waiting > 0
          ? t('board.waiting', { count: board.waiting })
          : t('board.items', { count: board.items.length })}
      </p>
    </Head>
  )
}
