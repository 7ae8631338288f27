/** The shots of a project in their order; keys move among them, and do with the current one what buttons do. */
import { type CSSProperties, useRef, useState } from 'react'
import { useLocation } from 'wouter'
import { useAddShot, useDeleteShot, useMoveShot } from '../../api/projects'
import { useEstimateOfShots, useMakeTakesOfShots, useModels } from '../../api/takes'
import type { ProjectWhole, Shot, ShotTakesGiven } from '../../api/types'
import { Price } from '../../composer/controls/Price'
import { askedOfShot, expectedSeconds } from '../../composer/draft/expected'
import { Button } from '../../parts/Button'
import { EmptyState } from '../../parts/EmptyState'
import { type Hotkey, useHotkeys } from '../../parts/keys'
import { neighbour, useReorder } from '../../parts/reorder'
import { notify } from '../../parts/Toast'
import { useWords } from '../../words/words'
import { useEditShot } from '../common/edit'
import { shapeOf, underWay } from '../common/jobs'
import { useDeleteLater, useHidden } from '../common/later'
import { useTellProblem } from '../common/Problem'
import { useReferring } from '../common/useReferring'
import { useTellRefused } from './refused'
import styles from './ShotList.module.css'
import { ShotRow } from './ShotRow'

export function ShotList({ project }: { project: ProjectWhole }) {
  const { t } = useWords()
  const [, go] = useLocation()
  const list = useRef<HTMLOListElement>(null)
  const hidden = useHidden()
  const shots = project.shots.filter((shot) => !hidden.has(shot.id))
  const [currentId, setCurrent] = useState<string | null>(null)
  const acts = useShotActs(project, shots)
  const reorder = useReorder(list, acts.move)
  const drops = useReferring(project)
  const ids = shots.map((shot) => shot.id)
  const current = shots.find((shot) => shot.id === currentId)
  const isArchived = project.archived_at !== null
  const planned = isArchived ? [] : shots.filter(isBare)
  const models = useModels().data
  const model = models?.find((one) => one.name === project.model) ?? models?.[0]
  const takes = shots.flatMap((shot) => shot.takes)
  const shape = shapeOf(
    takes,
    project.width === null && takes.length === 0 ? (model?.sizes[0] ?? {}) : project,
  )
  const sayable = planned.filter(isSayable)
  const estimate = useEstimateOfShots(project, sayable.map(draftOf)).data
  const seconds = sayable.map((shot) =>
    expectedSeconds(takes, askedOfShot(shot, 'draft', project, models ?? [])),
  )
  const shaped: CSSProperties & { '--shape': number } = { '--shape': shape }

  const focus = (id: string | undefined) => {
    if (id !== undefined) list.current?.querySelector<HTMLElement>(`[data-row="${id}"]`)?.focus()
  }
  const step = (by: -1 | 1) =>
    focus(ids[current ? ids.indexOf(current.id) + by : by < 0 ? ids.length - 1 : 0])
  const shift = (by: -1 | 1) => {
    if (current === undefined) return
    const before = neighbour(ids, current.id, by)
    if (before !== undefined) acts.move(current.id, before)
  }
  const onCurrent = (keys: string, label: string, run: (shot: Shot) => void) => ({
    keys,
    label,
    run: () => current && run(current),
    isOff: current === undefined,
  })
  const changing = (hotkey: Hotkey) => ({ ...hotkey, isOff: isArchived || hotkey.isOff === true })
  const open = (shot: Shot) => go(`/projects/${project.id}/shots/${shot.id}`)
  useHotkeys(t('project.shots'), [
    { keys: 'ArrowDown', label: t('project.keys.next'), run: () => step(1) },
    { keys: 'ArrowUp', label: t('project.keys.previous'), run: () => step(-1) },
    onCurrent('Enter', t('project.shot.open'), open),
    changing(onCurrent('d', t('project.shot.draft'), (shot) => acts.draft([shot]))),
    changing(onCurrent('e', t('common.edit'), (shot) => focusWords(list.current, shot.id))),
    changing(onCurrent('Alt+ArrowUp', t('project.shot.up'), () => shift(-1))),
    changing(onCurrent('Alt+ArrowDown', t('project.shot.down'), () => shift(1))),
    changing(onCurrent('Delete', t('project.shot.delete'), acts.remove)),
    changing({ keys: 'n', label: t('project.add'), run: () => acts.add() }),
    {
      keys: 'Shift+a',
      label: t('project.draft.all', { count: planned.length }),
      run: () => acts.draft(planned),
      isOff: planned.length === 0,
    },
  ])

  if (shots.length === 0) {
    return (
      <EmptyState icon="plan" title={t('project.empty')} more={t('project.empty.more')}>
        <Button icon="plus" onClick={() => acts.add()}>
          {t('project.add')}
        </Button>
      </EmptyState>
    )
  }
  return (
    <section className={styles.shots} aria-label={t('project.shots')}>
      <div className={styles.bar}>
        <h2 className={styles.title}>{t('project.shots')}</h2>
        <Button isSmall icon="plus" weight="quiet" onClick={() => acts.add()}>
          {t('project.add')}
        </Button>
        {sayable.length > 0 && <Price estimate={estimate} seconds={sumOf(seconds)} isQuiet />}
        {planned.length > 0 && (
          <Button
            isSmall
            icon="draft"
            weight="first"
            isBusy={acts.isDrafting}
            onClick={() => acts.draft(planned)}
          >
            {t('project.draft.all', { count: planned.length })}
          </Button>
        )}
      </div>
      <ol ref={list} className={styles.list} style={shaped}>
        {shots.map((shot) => (
          <ShotRow
            key={shot.id}
            shot={shot}
            path={`/projects/${project.id}/shots/${shot.id}`}
            shape={shape}
            dragging={reorder.dragging}
            grip={isArchived ? null : reorder.grip(shot.id)}
            drops={isArchived ? null : drops(shot)}
            onCurrent={() => setCurrent(shot.id)}
            onChange={(change, begun) => void acts.change(shot, change, begun)}
            onDraft={() => acts.draft([shot])}
            onDelete={() => acts.remove(shot)}
          />
        ))}
        <li
          className={styles.end}
          data-target={reorder.dragging?.before === null || undefined}
          aria-hidden="true"
        />
      </ol>
    </section>
  )
}

function useShotActs(project: ProjectWhole, shots: readonly Shot[]) {
  const { t } = useWords()
  const tell = useTellProblem()
  const add = useAddShot(project.id)
  const edit = useEditShot(project.id)
  const move = useMoveShot(project.id)
  const tellRefused = useTellRefused()
  const makeTakes = useMakeTakesOfShots(project.id)
  const { mutateAsync: remove } = useDeleteShot(project.id)
  const deleteLater = useDeleteLater()
  return {
    isDrafting: makeTakes.isPending,
    add: () => add.mutate({}, { onError: tell }),
    change: edit,
    move: (id: string, before: string | null) => move.mutate({ id, before }, { onError: tell }),
    remove: (shot: Shot) =>
      deleteLater(shot.id, t('project.shot.deleted', { number: shots.indexOf(shot) + 1 }), () =>
        remove(shot.id),
      ),
    draft: async (which: readonly Shot[]) => {
      const sayable = which.filter(isSayable)
      if (sayable.length === 0) return notify({ title: t('project.draft.wordless') })
      try {
        await makeTakes.mutateAsync(sayable.map(draftOf))
      } catch (error) {
        tellRefused(error, sayable)
      }
    },
  }
}

function draftOf(shot: Shot): ShotTakesGiven {
  return { shot_id: shot.id, kind: 'draft' }
}

function isSayable(shot: Shot): boolean {
  return shot.prompt.trim() !== '' || shot.composer !== null
}

/** null: one of them is not known. */
function sumOf(values: readonly (number | null)[]): number | null {
  return values.reduce((sum, value) => (sum === null || value === null ? null : sum + value), 0)
}

/** Whether nothing of it was made, or is being made. */
function isBare(shot: Shot): boolean {
  return shot.state === 'planned' && underWay(shot).length === 0
}

function focusWords(list: HTMLElement | null, id: string): void {
  list?.querySelector<HTMLElement>(`[data-row="${id}"] textarea`)?.focus()
}
