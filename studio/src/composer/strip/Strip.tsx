/** The strip of time: what is there already, what is made, and what is pinned where. It runs from left to right in every language. */
import { type CSSProperties, type DragEvent, type PointerEvent, useRef, useState } from 'react'
import { Icon } from '../../parts/Icon'
import { useWords } from '../../words/words'
import { useComposing } from '../composing'
import { frameOf, placeAt, viewOf } from '../draft/frames'
import type { Spot } from '../draft/ways'
import { useDropsOn } from '../dropping'
import { hovering, urlOf } from '../things'
import { ClipBand } from './ClipBand'
import { EndHandle } from './EndHandle'
import { Pin } from './Pin'
import { Ruler } from './Ruler'
import { SoundLane } from './SoundLane'
import styles from './Strip.module.css'

/** How much of the whole, at each end, is for what goes before or after it. */
const END_SHARE = 0.18

export function Strip() {
  const { t, length } = useWords()
  const { draft, span, cursor, setCursor, select, model } = useComposing()
  const track = useRef<HTMLDivElement>(null)
  const [held, hold] = useState<number | null>(null)
  const [over, setOver] = useState<number | null>(null)
  const view = held ?? viewOf(span.total)
  const across = (seconds: number) => `${(100 * seconds) / view}%`

  const timeAt = (x: number) => {
    const box = track.current?.getBoundingClientRect()
    return box ? Math.max(0, ((x - box.left) / box.width) * view) : 0
  }
  const frameUnder = (x: number) => Math.min(span.frames - 1, Math.floor(timeAt(x) * span.rate))
  const spotAt = (event: DragEvent): Spot => spotOf(timeAt(event.clientX), hovering(event) === 'clip')
  const spotOf = (time: number, isClip: boolean): Spot => {
    if (isClip && time < span.total * END_SHARE) return { on: 'start' }
    if (isClip && time > span.total * (1 - END_SHARE)) return { on: 'end' }
    return { on: 'strip', time: placeAt(frameOf(time, span.rate), span, draft.isLoop) }
  }
  const { isOver, drops } = useDropsOn(spotAt)
  const press = (event: PointerEvent) => {
    if (event.button !== 0 || event.target !== event.currentTarget) return
    setCursor(frameUnder(event.clientX))
    select(null)
  }
  const longest = model?.longest_seconds ?? null
  const style: CSSProperties & Record<`--${string}`, string> = {
    '--total': across(span.total),
    '--cursor': across(cursor / span.rate),
  }
  return (
    <section className={styles.strip} dir="ltr" style={style} aria-label={t('composer.strip')}>
      <Ruler view={view} frameUnder={frameUnder} />
      {/* biome-ignore lint/a11y/noStaticElementInteractions: the ruler above does the same by keys */}
      <div
        ref={track}
        className={styles.track}
        data-over={isOver || undefined}
        onPointerDown={press}
        {...drops}
        onDragOver={(event) => {
          drops.onDragOver(event)
          setOver(Math.min(span.total, timeAt(event.clientX)))
        }}
      >
        <div
          className={styles.made}
          style={{ insetInlineStart: across(span.made[0]), inlineSize: across(span.made[1] - span.made[0]) }}
        >
          <span className={styles.length}>
            <span className={styles.said} dir="auto">
              {t(draft.source === null ? 'composer.made' : 'composer.made.new')}
              <b>{length(span.made[1] - span.made[0])}</b>
            </span>
          </span>
        </div>
        {span.clip && draft.source && (
          <ClipBand
            source={draft.source}
            from={across(span.clip[0])}
            size={across(span.clip[1] - span.clip[0])}
          />
        )}
        {draft.isLoop && <Joined image={draft.pins.find((pin) => pin.at === 0)?.image ?? null} />}
        {longest !== null && !span.isFixed && longest < view && (
          <span
            className={styles.longest}
            style={{ insetInlineStart: across((span.clip ? span.clip[1] - span.clip[0] : 0) + longest) }}
            title={t('composer.longest', { time: length(longest) })}
          />
        )}
        {draft.pins.map((pin) => (
          <Pin key={pin.id} pin={pin} across={across} frameUnder={frameUnder} />
        ))}
        <span className={styles.cursor} />
        {isOver && over !== null && (
          <span className={styles.drop} style={{ insetInlineStart: across(over) }} />
        )}
        {!span.isFixed && <EndHandle across={across} timeAt={timeAt} view={view} onHold={hold} />}
        {draft.pins.length === 0 && draft.source === null && (
          <p className={styles.hint}>
            <span className={styles.said} dir="auto">
              <Icon name="upload" size={14} /> {t('composer.strip.hint')}
            </span>
          </p>
        )}
      </div>
      <SoundLane view={view} />
    </section>
  )
}

/** In a loop the end is the beginning. */
function Joined({ image }: { image: string | null }) {
  const { t } = useWords()
  const url = image === null ? null : urlOf(image)
  return (
    <span className={styles.joined} title={t('composer.loop.joined')}>
      {url && <img src={url} alt="" />}
      <Icon name="loop" size={14} />
    </span>
  )
}
