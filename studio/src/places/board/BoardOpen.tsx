import { useCallback, useEffect, useMemo, useRef, useState } from 'react'
import { useLocation } from 'wouter'
import type { ProjectWhole } from '../../api/types'
import { Icon } from '../../parts/Icon'
import { useWords } from '../../words/words'
import { BoardHead } from './BoardHead'
import styles from './BoardOpen.module.css'
import { Bringings } from './Bringings'
import { useBringing } from './bringing'
import { Minimap } from './Minimap'
import { NoteEditor } from './NoteEditor'
import { around, holds, middleOf, type Point, seenBy } from './plane'
import { SelectionBar } from './SelectionBar'
import { Surface } from './Surface'
import { carried, Tray } from './Tray'
import type { Board } from './useBoard'
import { useBoardActs } from './useBoardActs'
import { useBoardKeys } from './useBoardKeys'
import { useClipboard } from './useClipboard'
import { useSpace } from './useSpace'
import { remembered, useView } from './useView'

interface BoardOpenProps {
  project: ProjectWhole
  board: Board
  selected: ReadonlySet<string>
  onSelect(ids: ReadonlySet<string>): void
  writingId: string | null
  onWrite(id: string | null): void
}

const STEP = 8
const FAR_STEP = 64

export function BoardOpen({ project, board, selected, onSelect, writingId, onWrite }: BoardOpenProps) {
  const { t } = useWords()
  const [, go] = useLocation()
  const { items } = board
  const camera = useView(project.id)
  const isSpaceDown = useSpace()
  const files = useRef<HTMLInputElement>(null)
  const [hasTray, setTray] = useState(() => items.length === 0 && matchMedia('(min-width: 900px)').matches)
  const acts = useBoardActs({ project, board, selected, onSelect })
  const { chosen } = acts
  const bringing = useBringing((showing, at) => acts.lay(showing, at))
  const shots = useMemo(() => new Map(project.shots.map((shot) => [shot.id, shot])), [project])
  const writing = items.find((item) => item.id === writingId)
  const latest = useRef({ items, selected, onSelect })
  latest.current = { items, selected, onSelect }

  const middle = (): Point => middleOf(seenBy(camera.view(), camera.screen()))
  const whole = () => camera.fit(around(items))
  // biome-ignore lint/correctness/useExhaustiveDependencies: once, unless a person left it elsewhere
  useEffect(() => {
    if (remembered(project.id) === null) whole()
  }, [])

  const open = useCallback(
    (id: string) => {
      const item = latest.current.items.find((one) => one.id === id)
      if (item?.kind === 'shot') go(`/projects/${project.id}/shots/${item.shot_id}`)
      else if (item?.kind === 'note') onWrite(id)
    },
    [go, onWrite, project.id],
  )
  const toggle = useCallback((id: string) => {
    const next = new Set(latest.current.selected)
    if (!next.delete(id)) next.add(id)
    latest.current.onSelect(next)
  }, [])
  const reach = useCallback(
    (id: string, isByKeys: boolean) => {
      const item = latest.current.items.find((one) => one.id === id)
      if (!isByKeys || item === undefined) return
      if (holds(seenBy(camera.view(), camera.screen()), item)) return
      const { zoom } = camera.view()
      const { width, height } = camera.screen()
      const at = middleOf(item)
      camera.set({ x: at.x - width / zoom / 2, y: at.y - height / zoom / 2, zoom })
    },
    [camera],
  )
  const note = (at: Point, text = '') => {
    const item = acts.lay({ kind: 'note', text }, at)
    if (text === '') onWrite(item.id)
  }
  const drop = (data: DataTransfer, at: Point) => {
    const showing = carried(data)
    if (showing !== null) acts.lay(showing, at)
    else bringing.bring([...data.files], at)
  }
  const canRefer =
    chosen.length > 0 && chosen.every((item) => item.kind === 'picture' || item.kind === 'clip')

  useClipboard({
    chosen,
    onCut: acts.remove,
    onItems: (pasted) => acts.copy(pasted, middle()),
    onFiles: (pasted) => bringing.bring(pasted, middle()),
    onText: (text) => note(middle(), text),
  })
  useBoardKeys({
    hasSelection: chosen.length > 0,
    canRefer,
    zoom: camera.zoom,
    fit: whole,
    whole: () => camera.zoom(1 / camera.view().zoom),
    selectAll: () => onSelect(new Set(items.map((item) => item.id))),
    selectNone: () => onSelect(new Set()),
    step: (by, isFar) => {
      const length = isFar ? FAR_STEP : STEP
      if (chosen.length > 0) acts.move({ x: by.x * length, y: by.y * length })
      else camera.pan({ x: -by.x * length * 6, y: -by.y * length * 6 })
    },
    resize: acts.resize,
    stack: acts.stack,
    remove: acts.remove,
    copy: () => acts.copy(chosen, null),
    undo: board.undo,
    redo: board.redo,
    note: () => note(middle()),
    files: () => files.current?.click(),
    tray: () => setTray(!hasTray),
    refer: () => document.getElementById('board-reference')?.click(),
    open: () => chosen[0] && open(chosen[0].id),
  })
  return (
    <div className={styles.place}>
      <BoardHead
        project={project}
        board={board}
        camera={camera}
        hasTray={hasTray}
        onFit={whole}
        onNote={() => note(middle())}
        onFiles={() => files.current?.click()}
        onTray={() => setTray(!hasTray)}
      />
      <div className={styles.both}>
        <div className={styles.board}>
          <Surface
            camera={camera}
            items={items}
            shots={shots}
            selected={selected}
            isSpaceDown={isSpaceDown}
            onSelect={onSelect}
            onPlaces={acts.place}
            onReference={(ids, shotItemId) => {
              const shot = shots.get(items.find((item) => item.id === shotItemId)?.shot_id ?? '')
              if (shot)
                acts.refer(
                  items.filter((item) => ids.has(item.id)),
                  shot,
                )
            }}
            onReach={reach}
            onToggle={toggle}
            onOpen={open}
            onGround={(at) => note(at)}
            onDrop={drop}
          >
            {writing && (
              <NoteEditor
                item={writing}
                onDone={(text) => {
                  acts.write(writing, text)
                  onWrite(null)
                }}
              />
            )}
          </Surface>
          {items.length === 0 && (
            <div className={styles.empty}>
              <Icon name="board" size={22} />
              <p>{t('board.empty')}</p>
            </div>
          )}
          <div className={styles.map}>
            <Bringings running={bringing.running} />
            {items.length > 0 && <Minimap camera={camera} items={items} />}
          </div>
          {chosen.length > 0 && (
            <SelectionBar
              chosen={chosen}
              shots={project.shots}
              onOpen={() => chosen[0] && open(chosen[0].id)}
              onColour={acts.colour}
              onAlign={acts.align}
              onDistribute={acts.distribute}
              onStack={acts.stack}
              onReference={(shot) => acts.refer(chosen, shot)}
              onCopy={() => acts.copy(chosen, null)}
              onDelete={acts.remove}
            />
          )}
        </div>
        {hasTray && (
          <Tray
            project={project}
            onClose={() => setTray(false)}
            onLay={(showing) => acts.lay(showing, middle())}
          />
        )}
      </div>
      <input
        ref={files}
        type="file"
        hidden
        multiple
        accept="image/*,video/*"
        aria-label={t('board.bring')}
        onChange={(event) => {
          bringing.bring([...(event.target.files ?? [])], middle())
          event.target.value = ''
        }}
      />
    </div>
  )
}
