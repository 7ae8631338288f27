/** A shot in the list: its picture first, then what happens in it and how it is seen. All of it is edited where it stands. */
import { Link } from 'wouter'
import { FRAMINGS, MOVES, type Shot, type ShotChange } from '../../api/types'
import { carries, thingOfTake } from '../../composer/things'
import { IconButton } from '../../parts/Button'
import { Icon } from '../../parts/Icon'
import { InPlace } from '../../parts/InPlace'
import { Menu } from '../../parts/Menu'
import { Picture } from '../../parts/Picture'
import type { Dragging, Reorder } from '../../parts/reorder'
import { Select } from '../../parts/Select'
import { useWords } from '../../words/words'
import { keepWriting } from '../common/edit'
import { faceOf, underWay } from '../common/jobs'
import { ShotMark } from '../common/State'
import { TakePicture } from '../common/TakePicture'
import type { useReferring } from '../common/useReferring'
import { LengthChip } from './LengthChip'
import styles from './ShotRow.module.css'

interface ShotRowProps {
  shot: Shot
  path: string
  shape: number
  dragging: Dragging | null
  /** null: it stays where it is. */
  grip: ReturnType<Reorder['grip']> | null
  /** What is let go over it becomes its reference; null: nothing does. */
  drops: ReturnType<ReturnType<typeof useReferring>> | null
  onCurrent(): void
  onChange(change: ShotChange, begun?: { prompt?: string; line?: string }): void
  onDraft(): void
  onDelete(): void
}

export function ShotRow({ shot, path, shape, dragging, grip, drops, ...on }: ShotRowProps) {
  const { t, number } = useWords()
  const running = underWay(shot)
  const made = faceOf(shot)
  const face = running.find((take) => take.job.state === 'running') ?? made ?? running[0]
  const name = t('film.shot', { number: shot.number })
  const opens = t('project.shot.open.named', { name })
  return (
    <li
      className={styles.row}
      data-row={shot.id}
      data-dragged={dragging?.id === shot.id || undefined}
      data-target={(dragging !== null && dragging.before === shot.id) || undefined}
      // biome-ignore lint/a11y/noNoninteractiveTabindex: arrow keys go from row to row
      tabIndex={0}
      aria-label={name}
      onFocus={on.onCurrent}
      {...drops}
    >
      <span className={styles.grip} {...grip} title={grip === null ? undefined : t('project.shot.drag')}>
        <b>{number(shot.number)}</b>
        {grip !== null && <Icon name="grip" size={14} />}
      </span>
      <Link
        className={styles.picture}
        href={path}
        tabIndex={-1}
        {...carries(made && thingOfTake(made), shot)}
      >
        {face ? (
          <TakePicture job={face.job} alt={opens} shape={shape} moves />
        ) : (
          <Picture src={null} alt={opens} shape={shape} />
        )}
      </Link>
      <div className={styles.words}>
        <InPlace
          className={styles.prompt}
          isLong
          value={shot.prompt}
          label={t('film.prompt')}
          placeholder={t('project.prompt.empty')}
          maxLength={4000}
          onDone={(prompt, begun) => on.onChange({ prompt }, { prompt: begun })}
          onWrite={(prompt, begun) =>
            keepWriting(shot, prompt === null ? null : { prompt }, { prompt: begun })
          }
        />
        <div className={styles.chips}>
          <Select
            isChip
            icon="framing"
            label={t('film.framing')}
            value={shot.framing}
            empty={t('common.none')}
            choices={FRAMINGS.map((value) => ({ value, label: t(`film.framing.${value}`) }))}
            onChange={(framing) => on.onChange({ framing })}
          />
          <Select
            isChip
            icon="camera"
            label={t('film.move')}
            value={shot.move}
            empty={t('common.none')}
            choices={MOVES.map((value) => ({ value, label: t(`film.move.${value}`) }))}
            onChange={(move) => on.onChange({ move })}
          />
          <LengthChip
            seconds={shot.duration_seconds}
            onChange={(duration_seconds) => on.onChange({ duration_seconds })}
          />
          <span className={styles.line}>
            <Icon name="speech" size={14} />
            <InPlace
              value={shot.line}
              label={t('film.line')}
              placeholder={t('film.line')}
              maxLength={4000}
              onDone={(line, begun) => on.onChange({ line }, { line: begun })}
              onWrite={(line, begun) => keepWriting(shot, line === null ? null : { line }, { line: begun })}
            />
          </span>
        </div>
      </div>
      <div className={styles.side}>
        <ShotMark shot={shot} />
        <span className={styles.count}>{t('film.takes', { count: shot.takes.length })}</span>
      </div>
      <div className={styles.acts}>
        <IconButton icon="draft" label={t('project.shot.draft')} hotkey="d" onClick={on.onDraft} />
        <Menu
          trigger={<IconButton icon="more" label={t('common.more')} />}
          acts={[
            {
              name: 'delete',
              label: t('project.shot.delete'),
              icon: 'trash',
              hotkey: 'Delete',
              isGrave: true,
              run: on.onDelete,
            },
          ]}
        />
      </div>
    </li>
  )
}
