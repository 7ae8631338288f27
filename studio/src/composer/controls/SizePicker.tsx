/** How large it becomes: a shape, then pixels that the model makes or that are reached by scaling. */
import { useState } from 'react'
import { Icon } from '../../parts/Icon'
import { Popover } from '../../parts/Popover'
import { Segmented } from '../../parts/Segmented'
import { useWords } from '../../words/words'
import { useComposing } from '../composing'
import {
  isOwnSize,
  isSame,
  makerOf,
  ratioOf,
  SHAPES,
  type Shape,
  type Size,
  shapeOf,
  sizesIn,
} from '../draft/sizes'
import chip from './Chip.module.css'
import styles from './SizePicker.module.css'

export function SizePicker() {
  const { t, number } = useWords()
  const { draft, model, edit, project, clashes, held } = useComposing()
  const size: Size | null =
    draft.width !== null && draft.height !== null ? { width: draft.width, height: draft.height } : null
  const maker = makerOf(model, draft.hasTwoStages)
  const largest = maker?.sizes.reduce<Size | null>(
    (best, one) => (best && best.width >= one.width ? best : one),
    null,
  )
  const [asked, ask] = useState<Shape | null>(null)
  const shape = asked ?? shapeOf(size ?? largest ?? { width: 16, height: 9 })
  const told = ({ width, height }: Size) => `${number(width)} × ${number(height)}`.replace(/[,٬]/g, '')
  const set = (chosen: Size | null) => {
    const isScaled = chosen !== null && !isOwnSize(chosen, maker)
    edit({
      do: 'set',
      values: {
        width: chosen?.width ?? null,
        height: chosen?.height ?? null,
        allowsResampling: isScaled || null,
      },
    })
  }
  return (
    <Popover
      title={t('film.size')}
      trigger={
        <button
          type="button"
          className={chip.chip}
          data-empty={size === null || undefined}
          data-wrong={clashes.some((clash) => clash.at === 'size') || undefined}
          aria-label={`${t('film.size')}: ${size ? told(size) : t('composer.size.own')}`}
        >
          <ShapeIcon ratio={size ? size.width / size.height : 16 / 9} />
          {size ? told(size) : t('film.size')}
        </button>
      }
    >
      <Segmented
        isSmall
        label={t('composer.shape')}
        value={shape}
        segments={SHAPES.map((value) => ({
          value,
          label: value
            .split(':')
            .map((part) => number(Number(part)))
            .join(':'),
        }))}
        onChange={ask}
      />
      <div className={styles.sizes} role="radiogroup" aria-label={t('film.size')}>
        {sizesIn(shape, maker).map((one) => (
          <Choice key={told(one)} isChosen={size !== null && isSame(size, one)} onChoose={() => set(one)}>
            <ShapeIcon ratio={ratioOf(shape)} />
            <span>{told(one)}</span>
            <small>{t(one.isOwn ? 'composer.size.made' : 'composer.size.scaled')}</small>
          </Choice>
        ))}
        <Choice isChosen={held.draft.width === null} onChoose={() => set(null)}>
          <Icon name="projects" size={14} />
          <span>
            {project.width && project.height
              ? told({ width: project.width, height: project.height })
              : t('composer.size.own')}
          </span>
          <small>{t(project.width ? 'composer.size.project' : 'composer.size.model')}</small>
        </Choice>
      </div>
    </Popover>
  )
}

interface ChoiceProps {
  isChosen: boolean
  onChoose(): void
  children: React.ReactNode
}

function Choice({ isChosen, onChoose, children }: ChoiceProps) {
  return (
    // biome-ignore lint/a11y/useSemanticElements: a radio cannot hold a drawing of its shape
    <button type="button" role="radio" aria-checked={isChosen} className={styles.size} onClick={onChoose}>
      {children}
    </button>
  )
}

function ShapeIcon({ ratio }: { ratio: number }) {
  const [across, down] = ratio >= 1 ? [13, 13 / ratio] : [13 * ratio, 13]
  return (
    <svg
      aria-hidden="true"
      width={16}
      height={16}
      viewBox="0 0 16 16"
      fill="none"
      stroke="currentColor"
      strokeWidth={1.4}
    >
      <rect x={(16 - across) / 2} y={(16 - down) / 2} width={across} height={down} rx={1} />
    </svg>
  )
}
