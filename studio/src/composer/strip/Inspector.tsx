/** Under the strip: what is selected on it, to the frame; else the length of the whole. */
import { Button, IconButton } from '../../parts/Button'
import { NumberInput } from '../../parts/Field'
import { Icon } from '../../parts/Icon'
import { Select } from '../../parts/Select'
import { Slider } from '../../parts/Slider'
import { useWords } from '../../words/words'
import { useComposing } from '../composing'
import { type Pin, ROLES, type Source } from '../draft/draft'
import { frameOfPin, freeFrame, placeAt } from '../draft/frames'
import { RegionChip } from '../region/RegionChip'
import styles from './Inspector.module.css'
import { PlacePad } from './PlacePad'

export function Inspector() {
  const { draft, selected } = useComposing()
  const pin = selected?.kind === 'pin' ? draft.pins.find((one) => one.id === selected.id) : undefined
  return (
    <div className={styles.row}>
      {pin ? (
        <PinFields pin={pin} />
      ) : selected?.kind === 'source' && draft.source ? (
        <SourceFields source={draft.source} />
      ) : selected?.kind === 'sound' ? (
        <SoundFields />
      ) : (
        <WholeFields />
      )}
    </div>
  )
}

function PinFields({ pin }: { pin: Pin }) {
  const { t, place } = useWords()
  const { draft, edit, span, cursor, select, whyNot } = useComposing()
  const frame = frameOfPin(pin, span)
  const put = (wanted: number) => {
    const others = draft.pins.filter((one) => one.id !== pin.id)
    const free = freeFrame(wanted, others, span, draft.isLoop)
    if (free !== null) edit({ do: 'repin', id: pin.id, at: placeAt(free, span, draft.isLoop) })
  }
  const whyNoLast = whyNot({ do: 'repin', id: pin.id, at: null })
  return (
    <>
      <b className={styles.title}>
        <Icon name="pin" size={14} />
        {t('composer.pin')}
      </b>
      <span className={styles.field}>
        {t('composer.frame')}
        <NumberInput
          aria-label={t('composer.frame')}
          className={styles.number}
          value={frame}
          min={0}
          max={span.frames - 1}
          step={1}
          onChange={(value) => value !== null && put(Math.round(value))}
        />
      </span>
      <span className={styles.fact}>{place(frame / span.rate)}</span>
      <span className={styles.group}>
        <Button
          isSmall
          icon="first"
          aria-pressed={pin.at === 0}
          onClick={() => edit({ do: 'repin', id: pin.id, at: 0 })}
        >
          {t('composer.way.first')}
        </Button>
        <Button isSmall disabled={cursor === frame} onClick={() => put(cursor)}>
          {t('composer.to.cursor')}
        </Button>
        <Button
          isSmall
          icon="last"
          aria-pressed={pin.at === null}
          disabled={whyNoLast !== null}
          title={whyNoLast ? t(`composer.clash.${whyNoLast.name}`) : undefined}
          onClick={() => edit({ do: 'repin', id: pin.id, at: null })}
        >
          {t('composer.way.last')}
        </Button>
      </span>
      <Remove
        label={t('composer.unpin')}
        onClick={() => {
          edit({ do: 'unpin', id: pin.id })
          select(null)
        }}
      />
    </>
  )
}

function SourceFields({ source }: { source: Source }) {
  const { t, percent } = useWords()
  const { edit, whyNot, select } = useComposing()
  const roles = ROLES.map((role) => {
    const why = role === source.role ? null : whyNot({ do: 'source', values: { role } })
    return {
      value: role,
      label: t(`composer.way.${role}`),
      isOff: why !== null,
      ...(why && { note: t(`composer.clash.${why.name}`) }),
    }
  })
  return (
    <>
      <b className={styles.title}>
        <Icon name="clip" size={14} />
        {t('composer.clip')}
      </b>
      <span className={styles.role}>
        <Select
          label={t('composer.role')}
          value={source.role}
          choices={roles}
          onChange={(role) => role && edit({ do: 'source', values: { role } })}
        />
      </span>
      {source.role === 'modify' && (
        <span className={styles.field}>
          {t('composer.strength')}
          <Slider
            label={t('composer.strength')}
            value={source.strength}
            min={0.05}
            max={1}
            step={0.05}
            said={percent(source.strength)}
            onChange={(strength) => edit({ do: 'source', values: { strength } })}
          />
          <span className={styles.fact}>{percent(source.strength)}</span>
          <small>
            {t(
              source.strength < 0.4
                ? 'composer.strength.low'
                : source.strength > 0.8
                  ? 'composer.strength.high'
                  : 'composer.strength.middle',
            )}
          </small>
        </span>
      )}
      {source.role === 'modify' && <RegionChip source={source} />}
      {source.role === 'reframe' && <PlacePad source={source} />}
      <Remove
        label={t('composer.clip.remove')}
        onClick={() => {
          edit({ do: 'unstart' })
          select(null)
        }}
      />
    </>
  )
}

function SoundFields() {
  const { t } = useWords()
  const { edit, select } = useComposing()
  return (
    <>
      <b className={styles.title}>
        <Icon name="sound" size={14} />
        {t('composer.sound')}
      </b>
      <span className={styles.fact}>{t('composer.sound.more')}</span>
      <Remove
        label={t('composer.sound.remove')}
        onClick={() => {
          edit({ do: 'set', values: { sound: null } })
          select(null)
        }}
      />
    </>
  )
}

function WholeFields() {
  const { t, number, length } = useWords()
  const { draft, span, edit, model } = useComposing()
  const usual = span.made[1] - span.made[0]
  return (
    <>
      <span className={styles.field}>
        {t(draft.source === null || span.isFixed ? 'film.duration' : 'composer.length.new')}
        <NumberInput
          aria-label={t('film.duration')}
          className={styles.number}
          value={span.isFixed ? null : draft.seconds}
          placeholder={number(usual)}
          min={1 / span.rate}
          max={600}
          step="any"
          disabled={span.isFixed}
          onChange={(seconds) =>
            edit({ do: 'set', values: { seconds: seconds !== null && seconds > 0 ? seconds : null } })
          }
        />
        {t('composer.seconds')}
      </span>
      <span className={styles.fact}>
        {t('composer.frames', { count: span.frames, rate: span.rate })}
        {model?.longest_seconds &&
          !span.isFixed &&
          `${t('common.between')}${t('composer.longest', { time: length(model.longest_seconds) })}`}
        {span.isFixed && `${t('common.between')}${t('composer.length.clip')}`}
      </span>
    </>
  )
}

function Remove({ label, onClick }: { label: string; onClick(): void }) {
  return (
    <span className={styles.remove}>
      <IconButton isSmall icon="trash" label={label} hotkey="Delete" onClick={onClick} />
    </span>
  )
}
