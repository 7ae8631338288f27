import { type DragEvent, useCallback, useEffect, useMemo, useRef, useState } from 'react'
import { useLocation } from 'wouter'
import type { BoardItem, ProjectWhole, Shot } from '../../api/types'
import { type Carried, dropped, thingOfAsset, thingOfTake } from '../../composer/things'
import { Icon } from '../../parts/Icon'
import { notify } from '../../parts/Toast'
import { useWords } from '../../words/words'
import { Archived } from '../common/Archived'
import { BoardHead } from './BoardHead'
import styles from './BoardOpen.module.css'
import { Bringings } from './Bringings'
import { useBringing } from './bringing'
import { Find } from './Find'
import { Look } from './Look'
import { useLanding } from './landing'
import { Minimap } from './Minimap'
import type { Showing } from './making'
import { NoteEditor } from './NoteEditor'
import { filmOf, nameOf } from './naming'
import { movedTo } from './pasting'
import { around, middleOf, type Point, seenBy, topmostAt } from './plane'
import { SelectionBar } from './SelectionBar'
import { Surface } from './Surface'
import { carryOut, fileName, TakeOut, type TakeOutProps } from './TakeOut'
import { Tray } from './Tray'
import type { Board } from './useBoard'
import { useBoardActs } from './useBoardActs'
import { useBoardKeys } from './useBoardKeys'
import { useClipboard } from './useClipboard'
import { useRoving } from './useRoving'
import { useSpace } from './useSpace'
import { remembered, useView } from './useView'

interface BoardOpenProps {
  project: ProjectWhole
  board: Board
}

const STEP = 8
const NONE: ReadonlySet<string> = new Set()
const FAR_STEP = 64

export function BoardOpen({ project, board }: BoardOpenProps) {
  const isArchived = project.archived_at !== null
  const words = useWords()
  const { t } = words
  const [, go] = useLocation()
  const { items } = board
  const camera = useView(project.id)
  const isSpace = useSpace()
  const isSpaceDown = () => isArchived || isSpace() // then a pointer does no more than move the view
  const files = useRef<HTMLInputElement>(null)
  const [marked, onSelect] = useState<ReadonlySet<string>>(new Set())
  const selected = isArchived ? NONE : marked
  const [writingId, write] = useState<string | null>(null)
  const [lookingId, look] = useState<string | null>(null)
  const [isFinding, setFinding] = useState(false)
  const [targetShot, setTarget] = useState<string | null>(null)
  const [hasTray, setTray] = useState(
    () => items.length === 0 && !isArchived && matchMedia('(min-width: 900px)').matches,
  )
  const film = useMemo(() => filmOf(project), [project])
  const acts = useBoardActs({ film, board, selected, onSelect })
  const { chosen } = acts
  const bringing = useBringing()
  const land = useLanding({
    project,
    onFiles: bringing.bring,
    onOther: (name) => notify({ title: t('board.bring.other', { name }), isGrave: true }),
  })
  const roving = useRoving(items, camera, words.direction === 'rtl')
  const writing = items.find((item) => item.id === writingId)
  const looking = items.find((item) => item.id === lookingId)
  const latest = useRef({ items, selected, roving, acts, isArchived })
  latest.current = { items, selected, roving, acts, isArchived }

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
      else if (item?.kind === 'note') latest.current.isArchived || write(id)
      else if (item?.url) look(id)
    },
    [go, project.id],
  )
  const toggle = useCallback((id: string) => {
    const next = new Set(latest.current.selected)
    if (!next.delete(id)) next.add(id)
    onSelect(next)
  }, [])
  const reach = useCallback((id: string, isByKeys: boolean) => {
    latest.current.roving.settle(id)
    if (isByKeys) latest.current.roving.reveal(id)
  }, [])
  const note = (at: Point, text = '') => {
    if (isArchived) return
    const item = acts.lay({ kind: 'note', text }, at)
    if (text === '') write(item.id)
  }
  // files come late: by then others may lie there
  const lay = (showing: Showing, at: Point) => void latest.current.acts.lay(showing, at)
  const referring = (shot: Shot) => (showing: Showing) => latest.current.acts.refer([showing], shot)
  const drop = (event: DragEvent, at: Point) => {
    if (isArchived) return
    const carried = dropped(event, project)
    const below = carried.shotId === null ? topmostAt(items, at) : null
    const shot = below?.kind === 'shot' ? film.shots.get(below.shot_id ?? '') : undefined
    land(carried, at, shot ? referring(shot) : lay)
  }
  const dropOnShot = (carried: Carried, shot: Shot) =>
    land({ ...carried, shotId: null }, middle(), referring(shot))
  const outOf = (item: BoardItem): TakeOutProps => {
    const made = film.takes.get(item.take_id ?? '')?.take
    const mime_type = item.mime_type ?? ''
    const thing = made
      ? thingOfTake(made)
      : item.asset_id && thingOfAsset({ id: item.asset_id, mime_type, filename: item.name })
    const name = fileName(item.name ?? `${project.name} ${nameOf(item, film, words)}`, item.mime_type)
    return { item, assetId: acts.fileOf(item), name, thing: thing || null }
  }
  const close = () => {
    setFinding(false)
    roving.goTo(roving.activeId ?? undefined)
  }

  useClipboard({
    chosen,
    fileOf: acts.fileOf,
    onCut: acts.remove,
    onItems: (pasted) => acts.copy(movedTo(project.id, pasted), middle()),
    onFiles: (pasted) => isArchived || bringing.bring(pasted, middle(), lay),
    onText: (text) => note(middle(), text),
  })
  useBoardKeys({
    hasSelection: chosen.length > 0,
    canRefer: chosen.length > 0 && chosen.every((item) => item.kind === 'picture' || item.kind === 'clip'),
    zoom: camera.zoom,
    fit: whole,
    fitSelection: () => camera.fit(around(chosen)),
    whole: () => camera.zoom(1 / camera.view().zoom),
    selectAll: () => onSelect(new Set(items.map((item) => item.id))),
    selectNone: () => onSelect(new Set()),
    step: (by, isFar, way) => {
      const length = isFar ? FAR_STEP : STEP
      const focused = focusedItem()
      if (focused !== undefined && !selected.has(focused)) roving.step(way)
      else if (chosen.length > 0) acts.move({ x: by.x * length, y: by.y * length })
      else camera.pan({ x: -by.x * length * 6, y: -by.y * length * 6 })
    },
    go: roving.step,
    first: () => roving.goTo(roving.order[0]?.id),
    last: () => roving.goTo(roving.order.at(-1)?.id),
    find: () => setFinding(true),
    resize: acts.resize,
    stack: acts.stack,
    remove: acts.remove,
    copy: () => acts.copy(chosen, null),
    undo: board.undo,
    redo: board.redo,
    note: () => note(middle()),
    files: () => isArchived || files.current?.click(),
    tray: () => setTray(!hasTray && !isArchived),
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
        onFind={() => setFinding(true)}
        onNote={() => note(middle())}
        onFiles={() => files.current?.click()}
        onTray={() => setTray(!hasTray)}
      />
      <Archived project={project} />
      <div className={styles.both}>
        <div className={styles.board}>
          <Surface
            camera={camera}
            items={items}
            film={film}
            selected={selected}
            activeId={roving.activeId}
            isSpaceDown={isSpaceDown}
            onSelect={onSelect}
            onPress={roving.take}
            onPlaces={acts.place}
            onReference={(ids, shotId) => {
              const shot = film.shots.get(shotId)
              const referred = items.filter((item) => ids.has(item.id))
              if (shot) acts.refer(referred, shot)
            }}
            onTarget={setTarget}
            onReach={reach}
            onToggle={toggle}
            onOpen={open}
            onGround={(at) => note(at)}
            onDrop={drop}
            onCarry={(event, id) => {
              const item = items.find((one) => one.id === id)
              if (item) carryOut(event, outOf(item))
            }}
          >
            {writing && (
              <NoteEditor
                item={writing}
                onWrite={(text, was) => acts.writing(writing, text, was)}
                onDone={(text, was) => {
                  acts.write(writing, text, was)
                  write(null)
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
          {isFinding && (
            <Find
              items={roving.order}
              film={film}
              onFound={(id) => {
                setFinding(false)
                roving.goTo(id)
              }}
              onClose={close}
            />
          )}
          {chosen.length > 0 && (
            <SelectionBar
              chosen={chosen}
              shots={project.shots}
              out={chosen[0] && chosen.length === 1 ? <TakeOut {...outOf(chosen[0])} /> : null}
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
            targetShot={targetShot}
            onReference={dropOnShot}
            onOpen={(shot) => go(`/projects/${project.id}/shots/${shot.id}`)}
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
          bringing.bring([...(event.target.files ?? [])], middle(), lay)
          event.target.value = ''
        }}
      />
      {looking && (
        <Look
          item={looking}
          name={nameOf(looking, film, words)}
          assetId={acts.fileOf(looking)}
          onClose={() => look(null)}
        />
      )}
    </div>
  )
}

function focusedItem(): string | undefined {
  return document.activeElement?.closest<HTMLElement>('[data-item]')?.dataset.item
}
