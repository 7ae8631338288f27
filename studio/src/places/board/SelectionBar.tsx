/** What can be done with what is selected. */
import type { ReactNode } from 'react'
import type { BoardItem, Shot } from '../../api/types'
import { IconButton } from '../../parts/Button'
import { type Act, Menu } from '../../parts/Menu'
import { isolated } from '../../words/refusals'
import { useWords } from '../../words/words'
import type { Axis, Side } from './arrange'
import { COLOURS, type Colour } from './making'
import styles from './SelectionBar.module.css'

const SIDES: readonly Side[] = ['left', 'centre', 'right', 'top', 'middle', 'bottom']
const AXES: readonly Axis[] = ['across', 'down']

interface SelectionBarProps {
  chosen: readonly BoardItem[]
  shots: readonly Shot[]
  /** Takes the file of what is selected out; null: there is no such file. */
  out: ReactNode
  onOpen(): void
  onColour(colour: Colour): void
  onAlign(side: Side): void
  onDistribute(axis: Axis): void
  onStack(where: 'front' | 'back'): void
  onReference(shot: Shot): void
  onCopy(): void
  onDelete(): void
}

export function SelectionBar({ chosen, shots, out, ...on }: SelectionBarProps) {
  const { t } = useWords()
  const [only] = chosen.length === 1 ? chosen : []
  const notes = chosen.filter((item) => item.kind === 'note')
  const canRefer = chosen.every((item) => item.kind === 'picture' || item.kind === 'clip') && shots.length > 0
  const arranging: Act[] = [
    ...SIDES.map((side) => ({ name: side, label: t(`board.align.${side}`), run: () => on.onAlign(side) })),
    ...AXES.map((axis) => ({
      name: axis,
      label: t(`board.distribute.${axis}`),
      isOff: chosen.length < 3,
      run: () => on.onDistribute(axis),
    })),
  ]
  const referring: Act[] = shots.map((shot) => ({
    name: shot.id,
    label: called(t('film.shot', { number: shot.number }), shot, t('common.between')),
    run: () => on.onReference(shot),
  }))
  return (
    <div className={styles.bar} role="toolbar" aria-label={t('board.selection')}>
      <span className={styles.count} role="status">
        {t('board.selected', { count: chosen.length })}
      </span>
      {only?.kind === 'shot' && (
        <IconButton icon="on" label={t('board.shot.open')} hotkey="Enter" onClick={on.onOpen} />
      )}
      {only?.kind === 'note' && (
        <IconButton icon="draft" label={t('common.edit')} hotkey="Enter" onClick={on.onOpen} />
      )}
      {(only?.kind === 'picture' || only?.kind === 'clip') && (
        <IconButton icon="whole" label={t('board.look')} hotkey="Enter" onClick={on.onOpen} />
      )}
      {out}
      {notes.length === chosen.length && (
        <span className={styles.colours}>
          {COLOURS.map((colour) => (
            <button
              key={colour}
              type="button"
              className={styles.colour}
              data-colour={colour}
              aria-label={t(`board.colour.${colour}`)}
              title={t(`board.colour.${colour}`)}
              aria-pressed={notes.every((note) => (note.colour ?? 'sand') === colour)}
              onClick={() => on.onColour(colour)}
            />
          ))}
        </span>
      )}
      {canRefer && (
        <Menu
          trigger={
            <IconButton icon="reference" label={t('board.reference')} hotkey="r" id="board-reference" />
          }
          acts={referring}
        />
      )}
      {chosen.length > 1 && (
        <Menu trigger={<IconButton icon="align" label={t('board.arrange')} />} acts={arranging} />
      )}
      <IconButton icon="front" label={t('board.front')} hotkey="]" onClick={() => on.onStack('front')} />
      <IconButton icon="backmost" label={t('board.back')} hotkey="[" onClick={() => on.onStack('back')} />
      <IconButton icon="copy" label={t('board.copy')} hotkey="Mod+d" onClick={on.onCopy} />
      <IconButton icon="trash" label={t('board.delete')} hotkey="Delete" onClick={on.onDelete} />
    </div>
  )
}

/** A number alone tells no shot from the others. */
function called(numbered: string, { title, prompt }: Shot, between: string): string {
  const own = title || prompt
  return own === '' ? numbered : numbered + between + isolated(own)
}
