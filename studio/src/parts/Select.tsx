/** One of some. */
import { Select as Base } from '@base-ui/react/select'
import { Icon, type IconName } from './Icon'
import styles from './Select.module.css'

export interface Choice<Value extends string> {
  value: Value
  label: string
  note?: string
  isOff?: boolean
}
interface SelectProps<Value extends string> {
  value: Value | null
  choices: readonly Choice<NoInfer<Value>>[]
  onChange(value: NoInfer<Value> | null): void
  /** What an empty one shows; choosing it empties it. */
  empty?: string
  /** For who cannot see, where no <Field> labels it. */
  label?: string
  icon?: IconName
  /** As a small word among others. */
  isChip?: boolean
  isOff?: boolean
  id?: string
}

export function Select<Value extends string>({
  value,
  choices,
  onChange,
  empty,
  label,
  icon,
  isChip = false,
  isOff = false,
  id,
  ...described
}: SelectProps<Value>) {
  const items = empty === undefined ? choices : [{ value: null, label: empty }, ...choices]
  const shown = choices.find((choice) => choice.value === value)?.label ?? value ?? empty ?? ''
  return (
    <Base.Root
      items={items}
      value={value}
      onValueChange={(next) => onChange(next as Value | null)}
      disabled={isOff}
    >
      <Base.Trigger
        id={id}
        aria-label={label === undefined ? undefined : `${label}: ${shown}`}
        className={`${styles.trigger} ${isChip ? styles.chip : ''}`}
        data-empty={value === null || undefined}
        {...described}
      >
        <span className={isChip ? styles.lead : undefined}>
          {icon && <Icon name={icon} size={14} />}
          <span>{isChip && value === null && label !== undefined ? label : shown}</span>
        </span>
        {!isChip && (
          <Base.Icon>
            <Icon name="down" size={14} />
          </Base.Icon>
        )}
      </Base.Trigger>
      <Base.Portal>
        <Base.Positioner className={styles.over} sideOffset={4} alignItemWithTrigger={false}>
          <Base.Popup className={styles.popup}>
            <Base.List>
              {items.map((choice) => (
                <Base.Item
                  key={choice.value ?? ''}
                  value={choice.value}
                  className={styles.item}
                  disabled={'isOff' in choice && choice.isOff === true}
                >
                  <Base.ItemText>{choice.label}</Base.ItemText>
                  {'note' in choice && choice.note !== undefined && (
                    <span className={styles.note}>{choice.note}</span>
                  )}
                </Base.Item>
              ))}
            </Base.List>
          </Base.Popup>
        </Base.Positioner>
      </Base.Portal>
    </Base.Root>
  )
}
