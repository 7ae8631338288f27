/** The keys of a board. */
import { type Hotkey, useHotkeys } from '../../parts/keys'
import { useWords } from '../../words/words'
import type { Way } from './near'
import type { Point } from './plane'

interface BoardKeys {
  hasSelection: boolean
  canRefer: boolean
  zoom(factor: number): void
  fit(): void
  whole(): void
  selectAll(): void
  selectNone(): void
  fitSelection(): void
  /** What is selected is moved; else the focus goes to the next item that way; without one, the view. */
  step(by: Point, isFar: boolean, way: Way): void
  go(way: Way): void
  first(): void
  last(): void
  find(): void
  resize(factor: number): void
  stack(where: 'front' | 'back'): void
  remove(): void
  copy(): void
  undo(): void
  redo(): void
  note(): void
  files(): void
  tray(): void
  refer(): void
  open(): void
}

const ARROWS = [
  ['ArrowLeft', { x: -1, y: 0 }, 'left'],
  ['ArrowRight', { x: 1, y: 0 }, 'right'],
  ['ArrowUp', { x: 0, y: -1 }, 'up'],
  ['ArrowDown', { x: 0, y: 1 }, 'down'],
] as const
const NEARER = 1.25
const LARGER = 1.1

export function useBoardKeys(keys: BoardKeys): void {
  const { t } = useWords()
  const isOff = !keys.hasSelection
  const arrows: Hotkey[] = ARROWS.flatMap(([key, by, way]) => [
    { keys: key, label: t(`board.keys.${way}`), run: () => keys.step(by, false, way) },
    { keys: `Shift+${key}`, label: t(`board.keys.${way}.far`), run: () => keys.step(by, true, way) },
    { keys: `Mod+${key}`, label: t(`board.keys.${way}.next`), run: () => keys.go(way) },
  ])
  useHotkeys(t('board.title'), [
    { keys: '+', label: t('board.nearer'), run: () => keys.zoom(NEARER) },
    { keys: '=', label: t('board.nearer'), run: () => keys.zoom(NEARER) },
    { keys: '-', label: t('board.farther'), run: () => keys.zoom(1 / NEARER) },
    { keys: '0', label: t('board.fit'), run: keys.fit },
    { keys: '1', label: t('board.whole'), run: keys.whole },
    { keys: 'z', label: t('board.fit.selection'), run: keys.fitSelection, isOff },
    ...arrows,
    { keys: 'Home', label: t('board.first'), run: keys.first },
    { keys: 'End', label: t('board.last'), run: keys.last },
    { keys: '/', label: t('board.find'), run: keys.find },
    { keys: 'Mod+f', label: t('board.find'), run: keys.find },
    { keys: 'Alt+ArrowUp', label: t('board.larger'), run: () => keys.resize(LARGER), isOff },
    { keys: 'Alt+ArrowDown', label: t('board.smaller'), run: () => keys.resize(1 / LARGER), isOff },
    { keys: ']', label: t('board.front'), run: () => keys.stack('front'), isOff },
    { keys: '[', label: t('board.back'), run: () => keys.stack('back'), isOff },
    { keys: 'Mod+a', label: t('board.all'), run: keys.selectAll },
    { keys: 'Escape', label: t('board.none'), run: keys.selectNone, isOff },
    { keys: 'Enter', label: t('board.open'), run: keys.open, isOff },
    { keys: 'Delete', label: t('board.delete'), run: keys.remove, isOff },
    { keys: 'Backspace', label: t('board.delete'), run: keys.remove, isOff },
    { keys: 'Mod+d', label: t('board.copy'), run: keys.copy, isOff },
    { keys: 'Mod+z', label: t('common.undo'), run: keys.undo },
    { keys: 'Mod+Shift+z', label: t('board.redo'), run: keys.redo },
    { keys: 'Mod+y', label: t('board.redo'), run: keys.redo },
    { keys: 'n', label: t('board.note.new'), run: keys.note },
    { keys: 'u', label: t('board.bring'), run: keys.files },
    { keys: 's', label: t('board.tray'), run: keys.tray },
    { keys: 'r', label: t('board.reference'), run: keys.refer, isOff: !keys.canRefer },
  ])
}
