/** The clip that the canvas starts from, where it lies: its first and its last frame, and what becomes of it. */
import type { ReactNode } from 'react'
import { contentOf, idIn } from '../../api/assets'
import { Icon } from '../../parts/Icon'
import { useWords } from '../../words/words'
import { useComposing } from '../composing'
import type { Source } from '../draft/draft'
import { WAY_ICONS } from '../dropping'
import { regionSaid } from '../region/RegionChip'
import { inkOf, RegionOver } from '../region/RegionOver'
import styles from './ClipBand.module.css'

interface ClipBandProps {
  source: Source
  from: string
  size: string
}

export function ClipBand({ source, from, size }: ClipBandProps) {
  const { t, length } = useWords()
  const { clip, selected, select, edit } = useComposing()
  const id = idIn(source.clip)
  const last = Math.max(0, (clip?.duration_seconds ?? 0) - 0.5 / (clip?.frame_rate ?? 24))
  const isKept = source.role === 'after' || source.role === 'before' || source.role === 'sound_for'
  const region = source.role === 'modify' ? source.region : null
  const shape = (clip?.width ?? 16) / (clip?.height ?? 9)
  const over = region && <RegionOver region={region} ink={inkOf(region)} shape={shape} />
  return (
    <button
      type="button"
      className={styles.band}
      style={{ insetInlineStart: from, inlineSize: size }}
      data-role={source.role}
      data-kept={isKept || undefined}
      aria-pressed={selected?.kind === 'source'}
      onClick={() => select({ kind: 'source' })}
      onKeyDown={(event) => {
        if (event.key !== 'Delete' && event.key !== 'Backspace') return
        event.preventDefault()
        edit({ do: 'unstart' })
      }}
    >
      {id !== null && clip !== null && (
        <>
          <Frame key={`${id}-first`} src={`${contentOf(id)}#t=0.001`} over={over} />
          <span className={styles.between} />
          <Frame key={`${id}-last`} src={`${contentOf(id)}#t=${last}`} over={over} />
        </>
      )}
      <span className={styles.name} dir="auto">
        <Icon name={WAY_ICONS[source.role]} size={13} />
        {t(region === null ? `composer.role.${source.role}` : regionSaid(region))}
        {clip?.duration_seconds && <b>{length(clip.duration_seconds)}</b>}
      </span>
    </button>
  )
}

function Frame({ src, over }: { src: string; over: ReactNode }) {
  return (
    <span className={styles.frame}>
      <video src={src} preload="metadata" muted playsInline tabIndex={-1} aria-hidden="true" />
      {over}
    </span>
  )
}
