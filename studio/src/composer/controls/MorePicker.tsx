/** What is seldom changed: what to keep out, seed, steps, guidance. */
import { Button } from '../../parts/Button'
import { Field, NumberInput, TextArea } from '../../parts/Field'
import { Icon } from '../../parts/Icon'
import { Popover } from '../../parts/Popover'
import { useWords } from '../../words/words'
import { useComposing } from '../composing'
import chip from './Chip.module.css'
import styles from './MorePicker.module.css'

const MOST_STEPS = 200
const MOST_GUIDANCE = 20

export function MorePicker() {
  const { t, number } = useWords()
  const { draft, take, edit } = useComposing()
  const taken = seedOf(take?.job.take) ?? take?.job.canvas.seed ?? null
  const told = [draft.negative !== '', draft.seed !== null, draft.steps !== null, draft.guidance !== null]
  const count = told.filter(Boolean).length
  return (
    <Popover
      title={t('composer.more')}
      trigger={
        <button type="button" className={chip.chip} data-empty={count === 0 || undefined}>
          <Icon name="sliders" size={14} />
          {t('composer.more')}
          {count > 0 && <b className={styles.count}>{number(count)}</b>}
        </button>
      }
    >
      <div className={styles.fields}>
        <div className={styles.wide}>
          <Field label={t('composer.negative')}>
            <TextArea
              rows={2}
              value={draft.negative}
              maxLength={4000}
              onChange={(negative) => edit({ do: 'set', values: { negative } })}
            />
          </Field>
        </div>
        <div className={styles.wide}>
          <Field label={t('film.seed')} hint={t('composer.seed.hint')}>
            <NumberInput
              value={draft.seed}
              min={0}
              step={1}
              placeholder={t('composer.seed.drawn')}
              onChange={(seed) =>
                edit({ do: 'set', values: { seed: seed === null || seed < 0 ? null : Math.trunc(seed) } })
              }
            />
          </Field>
          {take !== null && taken !== null && taken !== draft.seed && (
            <Button isSmall onClick={() => edit({ do: 'set', values: { seed: taken } })}>
              {t('composer.seed.take', { number: take.number })}
            </Button>
          )}
        </div>
        <Field
          label={t('composer.steps')}
          {...(draft.kind === 'draft' && { hint: t('composer.steps.draft') })}
        >
          <NumberInput
            value={draft.steps}
            min={1}
            max={MOST_STEPS}
            step={1}
            placeholder={t('composer.own')}
            onChange={(steps) => edit({ do: 'set', values: { steps: within(steps, 1, MOST_STEPS, true) } })}
          />
        </Field>
        <Field label={t('composer.guidance')}>
          <NumberInput
            value={draft.guidance}
            min={0}
            max={MOST_GUIDANCE}
            step="any"
            placeholder={t('composer.own')}
            onChange={(guidance) =>
              edit({ do: 'set', values: { guidance: within(guidance, 0, MOST_GUIDANCE, false) } })
            }
          />
        </Field>
      </div>
    </Popover>
  )
}

function seedOf(record: unknown): number | null {
  const seed = typeof record === 'object' && record !== null && 'seed' in record ? record.seed : null
  return typeof seed === 'number' ? seed : null
}

function within(value: number | null, least: number, most: number, isWhole: boolean): number | null {
  if (value === null) return null
  const inside = Math.max(least, Math.min(most, value))
  return isWhole ? Math.round(inside) : inside
}
