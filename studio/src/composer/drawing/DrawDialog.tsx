/** Drawing on a frame: what is meant, where words do not do. */
import { useReducer, useState } from 'react'
import { idIn, useAsset } from '../../api/assets'
import { Button, IconButton } from '../../parts/Button'
import { Dialog } from '../../parts/Dialog'
import { Segmented } from '../../parts/Segmented'
import { Slider } from '../../parts/Slider'
import { useWords } from '../../words/words'
import { useComposing } from '../composing'
import styles from './DrawDialog.module.css'
import { drawingOn, type Ground, groundAt, groundOf, groundsOf } from './ground'
import { COLOURS, drawn, sheetOf, TOOLS, type Tool, WIDTHS } from './marks'
import { Paper } from './Paper'

export function DrawDialog({ onClose }: { onClose(): void }) {
  const { t, place } = useWords()
  const { draft, span, take, edit } = useComposing()
  const [sheet, stroke] = useReducer(drawn, sheetOf(draft.drawing?.marks ?? []))
  const [tool, setTool] = useState<Tool>('arrow')
  const [colour, setColour] = useState<string>(COLOURS[0])
  const [width, setWidth] = useState<number>(WIDTHS[1])
  const [selected, select] = useState<number | null>(null)
  const grounds = groundsOf(draft, span, take, (one) => t('film.take', { number: one }))
  const [picked, setGround] = useState<Ground | null>(null)
  const asset = useAsset(idIn(draft.drawing?.ground?.file ?? '')).data ?? null
  const drawnOn = groundOf(draft.drawing, grounds, asset)
  const ground = picked ?? drawnOn ?? groundAt(grounds, draft.drawing?.at_seconds ?? 0)
  const [at, setAt] = useState(draft.drawing?.at_seconds ?? ground?.at ?? 0)

  const keep = () => {
    edit({ do: 'draw', drawing: drawingOn(ground, at, [...sheet.marks]) })
    onClose()
  }
  const key = (event: React.KeyboardEvent) => {
    if (event.target instanceof HTMLInputElement && event.target.type !== 'range') return
    const isMod = event.ctrlKey || event.metaKey
    const letter = event.code.replace('Key', '').toLowerCase()
    const asked = { a: 'arrow', b: 'box', p: 'pen', w: 'words' }[letter] as Tool | undefined
    if (isMod && letter === 'z') stroke({ do: event.shiftKey ? 'redo' : 'undo' })
    else if (isMod && letter === 'y') stroke({ do: 'redo' })
    else if (!isMod && asked !== undefined) setTool(asked)
    else if (isMod && event.key === 'Enter') keep()
    else if ((event.key === 'Delete' || event.key === 'Backspace') && selected !== null) {
      stroke({ do: 'remove', at: selected })
      select(null)
    } else return
    event.preventDefault()
  }
  return (
    <Dialog
      title={t('composer.draw.title')}
      isOpen
      onClose={onClose}
      isWide
      foot={
        <>
          <span className={styles.note}>{t('composer.draw.kept')}</span>
          <Button onClick={onClose}>{t('common.cancel')}</Button>
          <Button weight="first" icon="check" onClick={keep}>
            {t('common.done')}
          </Button>
        </>
      }
    >
      {/* biome-ignore lint/a11y/noStaticElementInteractions: letters choose tools while the dialog is open */}
      <div className={styles.room} onKeyDown={key}>
        <div className={styles.tools}>
          <Segmented
            isSmall
            label={t('composer.draw.tool')}
            value={tool}
            segments={TOOLS.map((value) => ({
              value,
              label: t(`composer.draw.${value}`),
              icon: value === 'pen' ? 'draft' : value,
            }))}
            onChange={setTool}
          />
          <div className={styles.colours} role="radiogroup" aria-label={t('composer.draw.colour')}>
            {COLOURS.map((one, index) => (
              // biome-ignore lint/a11y/useSemanticElements: a radio cannot be drawn as a spot of colour
              <button
                key={one}
                type="button"
                role="radio"
                aria-checked={one === colour}
                aria-label={t('composer.draw.colour.of', { number: index + 1 })}
                className={styles.colour}
                style={{ background: one }}
                onClick={() => setColour(one)}
              />
            ))}
          </div>
          <Segmented
            isSmall
            label={t('composer.draw.width')}
            value={String(width)}
            segments={WIDTHS.map((one, index) => ({
              value: String(one),
              label: t(`composer.draw.width.${(['thin', 'middle', 'thick'] as const)[index] ?? 'middle'}`),
            }))}
            onChange={(value) => setWidth(Number(value))}
          />
          <span className={styles.acts}>
            <IconButton
              isSmall
              icon="undo"
              label={t('common.undo')}
              hotkey="Mod+z"
              disabled={sheet.before.length === 0}
              onClick={() => stroke({ do: 'undo' })}
            />
            <IconButton
              isSmall
              icon="redo"
              label={t('composer.redo')}
              hotkey="Mod+y"
              disabled={sheet.after.length === 0}
              onClick={() => stroke({ do: 'redo' })}
            />
            <IconButton
              isSmall
              icon="trash"
              label={t('composer.draw.clear')}
              disabled={sheet.marks.length === 0}
              onClick={() => stroke({ do: 'clear' })}
            />
          </span>
        </div>
        <Paper
          ground={ground}
          at={at}
          pen={{ kind: tool, colour, width }}
          marks={sheet.marks}
          selected={selected}
          onSelect={select}
          onStroke={stroke}
        />
        <div className={styles.under}>
          {grounds.length > 1 &&
            grounds.map((one) => (
              <button
                key={`${one.url}-${one.at}`}
                type="button"
                className={styles.ground}
                aria-pressed={one.url === ground?.url && one.at === ground.at}
                onClick={() => {
                  setGround(one)
                  setAt(one.at)
                }}
              >
                {one.name ||
                  (one.kind === 'clip'
                    ? t('composer.clip')
                    : t('composer.at.short', { time: place(one.at) }))}
              </button>
            ))}
          {ground?.kind === 'clip' && (
            <span className={styles.scrub}>
              <Slider
                isTime
                label={t('shell.player.scrub')}
                value={Math.round((at - ground.at) * ground.rate)}
                min={0}
                max={Math.max(0, Math.round(ground.seconds * ground.rate) - 1)}
                step={1}
                said={place(at)}
                onChange={(frame) => setAt(ground.at + frame / ground.rate)}
              />
              {t('composer.at', { frame: Math.round(at * ground.rate), time: place(at) })}
            </span>
          )}
          <span className={styles.count}>{t('composer.draw.count', { count: sheet.marks.length })}</span>
        </div>
      </div>
    </Dialog>
  )
}
