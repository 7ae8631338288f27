/** Who makes it, and what each model can do of what is asked for. */
import type { Model } from '../../api/types'
import { Icon } from '../../parts/Icon'
import { Popover } from '../../parts/Popover'
import { useWords } from '../../words/words'
import { useComposing } from '../composing'
import { type Need, needsOf } from '../draft/clashes'
import chip from './Chip.module.css'
import styles from './ModelPicker.module.css'

const SHOWN: Need[] = [
  'text',
  'first_frame',
  'last_frame',
  'keyframes',
  'extend_after',
  'extend_before',
  'modify',
  'keep_region',
  'reframe',
  'loop',
  'sound_for_video',
  'video_for_sound',
  'camera',
  'references',
]

export function ModelPicker() {
  const { t } = useWords()
  const { draft, models, model, project, edit } = useComposing()
  // the names of other services are for programs
  const own = models.filter((one) => one.name === one.model)
  const asked = needsOf(draft).map(([need]) => need)
  const lacks = (one: Model) => asked.filter((need) => !one.honours.includes(need))
  const name = model?.name ?? draft.model ?? t('film.model')
  return (
    <Popover
      title={t('film.model')}
      trigger={
        <button
          type="button"
          className={chip.chip}
          data-wrong={model === null || lacks(model).length > 0 || undefined}
          aria-label={`${t('film.model')}: ${name}`}
        >
          <Icon name="model" size={14} />
          <bdi>{name}</bdi>
        </button>
      }
    >
      <div className={styles.models} role="radiogroup" aria-label={t('film.model')}>
        {own.map((one) => (
          // biome-ignore lint/a11y/useSemanticElements: a radio cannot hold what a model can do
          <button
            key={one.name}
            type="button"
            role="radio"
            aria-checked={one.name === model?.name}
            className={styles.model}
            onClick={() =>
              edit({ do: 'set', values: { model: one.name === project.model ? null : one.name } })
            }
          >
            <b>
              <bdi>{one.name}</bdi>
              {one.is_generic && <small className={styles.generic}>{t('film.model.generic')}</small>}
              {lacks(one).length > 0 && (
                <small className={styles.lacks}>
                  {t('composer.model.lacks', {
                    what: lacks(one)
                      .map((need) => t(`composer.need.${need}`))
                      .join(t('composer.comma')),
                  })}
                </small>
              )}
            </b>
            <span className={styles.needs}>
              {SHOWN.map((need) => (
                <span key={need} data-can={one.honours.includes(need) || undefined}>
                  <Icon name={one.honours.includes(need) ? 'check' : 'close'} size={11} />
                  {t(`composer.need.${need}`)}
                </span>
              ))}
            </span>
          </button>
        ))}
      </div>
    </Popover>
  )
}
