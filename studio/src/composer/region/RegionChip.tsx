/** Opens the frame on which a region is marked; says that something is. */
import { useState } from 'react'
import { Icon } from '../../parts/Icon'
import { useWords } from '../../words/words'
import { useComposing } from '../composing'
import chip from '../controls/Chip.module.css'
import type { Region, Source } from '../draft/draft'
import { RegionDialog } from './RegionDialog'

/** What becomes of what is marked. */
export function regionSaid({ isKept }: Region): 'composer.region.keeps' | 'composer.region.changes' {
  return isKept ? 'composer.region.keeps' : 'composer.region.changes'
}

export function RegionChip({ source }: { source: Source }) {
  const { t } = useWords()
  const { clashes } = useComposing()
  const [isOpen, setOpen] = useState(false)
  const isWrong = clashes.some(({ name }) => name === 'cannot_keep_region' || name === 'region_all')
  return (
    <>
      <button
        type="button"
        className={chip.chip}
        aria-pressed={source.region !== null}
        data-wrong={isWrong || undefined}
        onClick={() => setOpen(true)}
      >
        <Icon name="framing" size={14} />
        {t(source.region === null ? 'composer.region' : regionSaid(source.region))}
      </button>
      {isOpen && <RegionDialog source={source} onClose={() => setOpen(false)} />}
    </>
  )
}
