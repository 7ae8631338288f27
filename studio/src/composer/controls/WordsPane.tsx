/** What happens, in words; and how it is seen. */
import type { RefObject } from 'react'
import { FRAMINGS } from '../../api/types'
import { Field, TextArea } from '../../parts/Field'
import { Icon } from '../../parts/Icon'
import { Select } from '../../parts/Select'
import { useWords } from '../../words/words'
import { useComposing } from '../composing'
import { DrawChip } from '../drawing/DrawChip'
import chip from './Chip.module.css'
import { ModelPicker } from './ModelPicker'
import { MorePicker } from './MorePicker'
import { MovePicker } from './MovePicker'
import { SizePicker } from './SizePicker'
import styles from './WordsPane.module.css'

const LONGEST = 4000

export function WordsPane({ field }: { field: RefObject<HTMLTextAreaElement | null> }) {
  const { t } = useWords()
  const { draft, edit } = useComposing()
  return (
    <div className={styles.pane}>
      <Field label={t('film.prompt')}>
        <TextArea
          ref={field}
          className={styles.prompt}
          value={draft.prompt}
          maxLength={LONGEST}
          placeholder={t('composer.prompt.empty')}
          onChange={(prompt) => edit({ do: 'set', values: { prompt } })}
        />
      </Field>
      <div className={styles.chips}>
        <Select
          isChip
          icon="framing"
          label={t('film.framing')}
          value={draft.framing}
          empty={t('common.none')}
          choices={FRAMINGS.map((value) => ({ value, label: t(`film.framing.${value}`) }))}
          onChange={(framing) => edit({ do: 'set', values: { framing } })}
        />
        <MovePicker />
        <SizePicker />
        <LoopToggle />
        <SoundToggle />
        <StagesToggle />
        <DrawChip />
        <ModelPicker />
        <MorePicker />
      </div>
    </div>
  )
}

function LoopToggle() {
  const { t } = useWords()
  const { draft, edit, whyNot, clashes } = useComposing()
  const loop = { do: 'set', values: { isLoop: !draft.isLoop } } as const
  const why = draft.isLoop ? null : whyNot(loop)
  return (
    <button
      type="button"
      className={chip.chip}
      aria-pressed={draft.isLoop}
      data-wrong={clashes.some((clash) => clash.at === 'loop') || undefined}
      disabled={why !== null}
      title={why ? t(`composer.clash.${why.name}`) : t('composer.loop.joined')}
      onClick={() => edit(loop)}
    >
      <Icon name="loop" size={14} />
      {t('composer.loop')}
    </button>
  )
}

/** Seen where the model has a second stage. */
function StagesToggle() {
  const { t } = useWords()
  const { draft, model, edit, whyNot, clashes } = useComposing()
  if (!model?.in_two_stages) return null
  const toggle = { do: 'set', values: { hasTwoStages: !draft.hasTwoStages } } as const
  const why = draft.hasTwoStages ? null : whyNot(toggle)
  return (
    <button
      type="button"
      className={chip.chip}
      aria-pressed={draft.hasTwoStages}
      data-wrong={clashes.some((clash) => clash.at === 'stages') || undefined}
      disabled={why !== null}
      title={t(why ? `composer.clash.${why.name}` : 'composer.stages.told')}
      onClick={() => edit(toggle)}
    >
      <Icon name="stages" size={14} />
      {t('composer.stages')}
    </button>
  )
}

function SoundToggle() {
  const { t } = useWords()
  const { draft, edit } = useComposing()
  return (
    <button
      type="button"
      className={chip.chip}
      aria-pressed={draft.hasSound}
      title={t('composer.sound.toggle')}
      onClick={() => edit({ do: 'set', values: { hasSound: !draft.hasSound } })}
    >
      <Icon name={draft.hasSound ? 'sound' : 'silent'} size={14} />
      {t('composer.sound')}
    </button>
  )
}
