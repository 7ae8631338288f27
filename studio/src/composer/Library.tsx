/** All that can be put on the strip, for who does not drag: takes, references, files; a whole clip, or one frame of it. */
import { useMemo, useRef, useState } from 'react'
import { contentOf, useAsset } from '../api/assets'
import { useBoardItems } from '../api/board'
import type { Take } from '../api/types'
import { Button } from '../parts/Button'
import { Dialog } from '../parts/Dialog'
import { Icon } from '../parts/Icon'
import { Picture } from '../parts/Picture'
import { Slider } from '../parts/Slider'
import { useWords } from '../words/words'
import { useComposing } from './composing'
import { type Way, waysOf } from './draft/ways'
import { useDropping, WAY_ICONS } from './dropping'
import { type FileUsed, filesOf } from './files'
import styles from './Library.module.css'
import { frameOf, type Thing, thingOfAsset, thingOfFile, thingOfTake } from './things'

const ACCEPTED = 'image/*,video/*,audio/*'
const USUAL_RATE = 24

export function Library({ isOpen, onClose }: { isOpen: boolean; onClose(): void }) {
  const { t } = useWords()
  return (
    <Dialog title={t('composer.add')} isOpen={isOpen} onClose={onClose} isWide>
      {isOpen && <Inside onClose={onClose} />}
    </Dialog>
  )
}

function Inside({ onClose }: { onClose(): void }) {
  const { t } = useWords()
  const { project, shot } = useComposing()
  const { offer } = useDropping()
  const [chosen, choose] = useState<Thing | null>(null)
  const picker = useRef<HTMLInputElement>(null)
  const others = project.shots.filter((one) => one.id !== shot.id)
  const takes = [shot, ...others].flatMap((one) =>
    one.takes.toReversed().map((take) => ({ take, shot: one.number })),
  )
  const made = takes.flatMap(({ take, shot: number }) => {
    const thing = thingOfTake(take)
    return thing === null ? [] : [{ take, thing, number }]
  })
  const items = useBoardItems(project.id).data
  const files = useMemo(() => filesOf(project, shot, items ?? []), [project, shot, items])
  const bring = (file: File | undefined) => {
    const thing = file && thingOfFile(file)
    if (!thing) return
    onClose()
    offer(thing, { on: 'anywhere', time: null }, middle())
  }
  return (
    <>
      <div className={styles.top}>
        <Button icon="upload" onClick={() => picker.current?.click()}>
          {t('composer.file')}
        </Button>
        <span className={styles.note}>{t('composer.file.more')}</span>
        <input
          ref={picker}
          type="file"
          hidden
          accept={ACCEPTED}
          onChange={(event) => bring(event.target.files?.[0])}
        />
      </div>
      <div className={styles.room}>
        <div className={styles.things} role="listbox" aria-label={t('composer.things')}>
          {made.map(({ take, thing, number }) => (
            <TakeTile
              key={take.id}
              take={take}
              shot={number}
              thing={thing}
              isChosen={chosen?.take?.id === take.id}
              onChoose={() => choose(thing)}
            />
          ))}
          {files.map((file) => (
            <FileTile key={file.id} file={file} chosen={chosen} onChoose={choose} />
          ))}
          {made.length + files.length === 0 && <p className={styles.note}>{t('composer.things.empty')}</p>}
        </div>
        {chosen ? (
          <Look key={JSON.stringify(chosen.from)} thing={chosen} onDone={onClose} />
        ) : (
          <p className={styles.note}>{t('composer.things.choose')}</p>
        )}
      </div>
    </>
  )
}

interface TakeTileProps {
  take: Take
  shot: number
  thing: Thing
  isChosen: boolean
  onChoose(): void
}

function TakeTile({ take, shot, thing, isChosen, onChoose }: TakeTileProps) {
  const { t } = useWords()
  return (
    <Tile thing={thing} isChosen={isChosen} onChoose={onChoose}>
      {t('composer.take.of', { take: take.number, shot })}
    </Tile>
  )
}

interface FileTileProps {
  file: FileUsed
  chosen: Thing | null
  onChoose(thing: Thing): void
}

function FileTile({ file: { id, thing: known, uses }, chosen, onChoose }: FileTileProps) {
  const { t } = useWords()
  const asset = useAsset(known === null ? id : null).data
  const thing = known ?? (asset ? thingOfAsset(asset) : null)
  if (thing === null) return null
  const used = uses.map(({ as, shot }) => t(`composer.file.${as}`, { shot })).join(t('common.between'))
  const isChosen = chosen !== null && 'asset' in chosen.from && chosen.from.asset === id
  return (
    <Tile thing={thing} isChosen={isChosen} onChoose={() => onChoose(thing)}>
      <bdi>{thing.name || t(thing.of === 'sound' ? 'composer.reference' : `board.${thing.of}`)}</bdi>
      <small title={used}>{used}</small>
    </Tile>
  )
}

interface TileProps {
  thing: Thing
  isChosen: boolean
  onChoose(): void
  children: React.ReactNode
}

function Tile({ thing, isChosen, onChoose, children }: TileProps) {
  return (
    <button type="button" role="option" aria-selected={isChosen} className={styles.tile} onClick={onChoose}>
      <Picture
        src={thing.picture}
        alt=""
        shape={1.6}
        covers
        icon={thing.of === 'clip' ? 'clip' : thing.of === 'sound' ? 'sound' : 'still'}
      />
      <span className={styles.said}>{children}</span>
    </button>
  )
}

/** One thing from near, and all that it may become. */
function Look({ thing, onDone }: { thing: Thing; onDone(): void }) {
  const { t, place } = useWords()
  const { draft, model, cursor, span } = useComposing()
  const { use } = useDropping()
  const clip = useRef<HTMLVideoElement>(null)
  const [at, setAt] = useState(0)
  const id = 'asset' in thing.from ? thing.from.asset : null
  const asset = useAsset(id).data
  const rate = asset?.frame_rate ?? USUAL_RATE
  const last = Math.max(0, Math.round((asset?.duration_seconds ?? 0) * rate) - 1)
  const spot = { on: 'anywhere', time: cursor / span.rate } as const
  const waysFor = (one: Thing) =>
    waysOf({ of: one.of, hasRecipe: one.take !== undefined }, spot, draft, model)
  const frame = thing.of === 'clip' && id !== null ? frameOf(id, (at + 0.5) / rate) : null
  const acts = (one: Thing) => (
    <Ways
      ways={waysFor(one)}
      onUse={(way) => {
        void use(one, way)
        onDone()
      }}
    />
  )
  return (
    <div className={styles.look}>
      {thing.of === 'clip' && id !== null ? (
        <>
          <video ref={clip} className={styles.clip} src={contentOf(id)} muted playsInline preload="auto" />
          <div className={styles.scrub}>
            <Slider
              isTime
              label={t('shell.player.scrub')}
              value={at}
              min={0}
              max={last}
              step={1}
              said={place(at / rate)}
              onChange={(value) => {
                setAt(value)
                if (clip.current) clip.current.currentTime = (value + 0.5) / rate
              }}
            />
            <span>{place(at / rate)}</span>
          </div>
        </>
      ) : (
        <Picture src={thing.picture} alt="" icon={thing.of === 'sound' ? 'sound' : 'still'} />
      )}
      {frame && (
        <div className={styles.acts}>
          <h3>
            <Icon name="still" size={13} /> {t('composer.this.frame')}
          </h3>
          {acts(frame)}
        </div>
      )}
      <div className={styles.acts}>
        <h3>
          <Icon name={thing.of === 'clip' ? 'clip' : thing.of === 'sound' ? 'sound' : 'still'} size={13} />{' '}
          {t(`composer.this.${thing.of}`)}
        </h3>
        {acts(thing)}
      </div>
    </div>
  )
}

function Ways({ ways, onUse }: { ways: readonly Way[]; onUse(way: Way): void }) {
  const { t } = useWords()
  return (
    <>
      {ways.map((way) => (
        <Button
          key={way.name}
          isSmall
          icon={WAY_ICONS[way.name]}
          disabled={way.why !== null}
          onClick={() => onUse(way)}
        >
          {t(`composer.way.${way.name}`)}
        </Button>
      ))}
      {ways.map(
        (way) =>
          way.why && (
            <small key={way.name} className={styles.why}>
              {t(`composer.way.${way.name}`)}: {t(`composer.clash.${way.why.name}`)}
            </small>
          ),
      )}
    </>
  )
}

function middle() {
  return { x: innerWidth / 2, y: innerHeight / 2 }
}
