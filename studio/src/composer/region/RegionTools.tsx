/** What a region is marked with, and what becomes of what is marked. */
import { useRef } from 'react'
import { Button, IconButton } from '../../parts/Button'
import { Segmented } from '../../parts/Segmented'
import { Slider } from '../../parts/Slider'
import { useWords } from '../../words/words'
import { thingOfFile } from '../things'
import styles from './RegionDialog.module.css'
import type { Masking } from './useMask'

export const TOOLS = ['box', 'brush', 'eraser'] as const
export type Tool = (typeof TOOLS)[number]

interface RegionToolsProps {
  isKept: boolean
  tool: Tool
  /** Of the brush. */
  width: number
  mask: Masking
  /** For one more rectangle. */
  hasRoom: boolean
  isMarked: boolean
  onKept(isKept: boolean): void
  onTool(tool: Tool): void
  onWidth(width: number): void
  onAdd(): void
  /** undefined: no rectangle is chosen. */
  onRemove: (() => void) | undefined
  onClear(): void
}

export function RegionTools({ isKept, tool, width, mask, hasRoom, isMarked, ...on }: RegionToolsProps) {
  const { t, percent } = useWords()
  const files = useRef<HTMLInputElement>(null)
  const strokes = mask.ink.strokes.length
  return (
    <div className={styles.tools}>
      <span className={styles.does}>
        {t('composer.region.does')}
        <Segmented
          isSmall
          label={t('composer.region.does')}
          value={isKept ? 'keep' : 'change'}
          segments={[
            { value: 'keep', label: t('composer.region.keep') },
            { value: 'change', label: t('composer.region.change') },
          ]}
          onChange={(value) => on.onKept(value === 'keep')}
        />
      </span>
      <Segmented
        isSmall
        label={t('composer.region.tool')}
        value={tool}
        segments={TOOLS.map((value) => ({
          value,
          label: t(`composer.region.tool.${value}`),
          isOff: value !== 'box' && mask.isElsewhere,
        }))}
        onChange={on.onTool}
      />
      {tool === 'box' ? (
        <Button isSmall icon="plus" disabled={!hasRoom} onClick={on.onAdd}>
          {t('composer.region.add')}
        </Button>
      ) : (
        <span className={styles.does}>
          {t('composer.region.width')}
          <Slider
            label={t('composer.region.width')}
            value={width}
            min={0.02}
            max={0.5}
            step={0.02}
            said={percent(width)}
            onChange={on.onWidth}
          />
        </span>
      )}
      <Button isSmall icon="upload" onClick={() => files.current?.click()}>
        {t('composer.region.mask.bring')}
      </Button>
      <input
        ref={files}
        type="file"
        hidden
        accept="image/*"
        aria-label={t('composer.region.mask.bring')}
        onChange={(event) => {
          const [thing] = [...(event.target.files ?? [])].flatMap((file) => thingOfFile(file) ?? [])
          if (thing) void mask.bring(thing)
          event.target.value = ''
        }}
      />
      <span className={styles.acts}>
        {tool === 'box' ? (
          <IconButton
            isSmall
            icon="trash"
            label={t('composer.region.remove')}
            disabled={on.onRemove === undefined}
            onClick={on.onRemove}
          />
        ) : (
          <IconButton
            isSmall
            icon="undo"
            label={t('common.undo')}
            hotkey="Mod+z"
            disabled={strokes === 0}
            onClick={mask.undo}
          />
        )}
        <Button isSmall disabled={!isMarked && !mask.isThere} onClick={on.onClear}>
          {t('composer.region.clear')}
        </Button>
      </span>
    </div>
  )
}
