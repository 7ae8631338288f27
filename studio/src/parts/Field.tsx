/** What people write into: a label above, what is wrong below. */
import {
  cloneElement,
  type InputHTMLAttributes,
  type ReactElement,
  type ReactNode,
  type Ref,
  type TextareaHTMLAttributes,
  useId,
} from 'react'
import styles from './Field.module.css'

interface Described {
  id?: string
  'aria-describedby'?: string
  'aria-invalid'?: boolean
}
interface FieldProps {
  label: string
  hint?: ReactNode
  wrong?: ReactNode
  children: ReactElement<Described>
}

export function Field({ label, hint, wrong, children }: FieldProps) {
  const id = useId()
  const isWrong = wrong !== undefined && wrong !== null && wrong !== false
  const below = isWrong || hint !== undefined
  return (
    <div className={styles.field}>
      <label className={styles.label} htmlFor={id}>
        {label}
      </label>
      {cloneElement(children, {
        id,
        ...(below && { 'aria-describedby': `${id}-below` }),
        ...(isWrong && { 'aria-invalid': true }),
      })}
      {below && (
        <div
          id={`${id}-below`}
          className={isWrong ? styles.wrong : styles.hint}
          role={isWrong ? 'alert' : undefined}
        >
          {isWrong ? wrong : hint}
        </div>
      )}
    </div>
  )
}

interface TextProps extends Omit<InputHTMLAttributes<HTMLInputElement>, 'onChange' | 'value'> {
  value: string
  onChange(value: string): void
  isInPlace?: boolean
  ref?: Ref<HTMLInputElement>
}

/** A line of a person's own words: its direction is that of the words. */
export function TextInput({ onChange, isInPlace, className, ...rest }: TextProps) {
  return (
    <input
      type="text"
      dir={directionOf(rest.value)}
      autoComplete="off"
      className={names(isInPlace, undefined, className)}
      onChange={(event) => onChange(event.target.value)}
      {...rest}
    />
  )
}

interface AreaProps extends Omit<TextareaHTMLAttributes<HTMLTextAreaElement>, 'onChange' | 'value'> {
  value: string
  onChange(value: string): void
  isInPlace?: boolean
  ref?: Ref<HTMLTextAreaElement>
}

/** Some lines of a person's own words, as tall as they are. */
export function TextArea({ onChange, isInPlace, className, ...rest }: AreaProps) {
  return (
    <textarea
      dir={directionOf(rest.value)}
      className={names(isInPlace, styles.area, className)}
      onChange={(event) => onChange(event.target.value)}
      {...rest}
    />
  )
}

interface NumberProps extends Omit<InputHTMLAttributes<HTMLInputElement>, 'onChange' | 'value'> {
  value: number | null
  onChange(value: number | null): void
  isInPlace?: boolean
}

/** A number; empty is none. */
export function NumberInput({ value, onChange, isInPlace, className, ...rest }: NumberProps) {
  return (
    <input
      type="number"
      inputMode="decimal"
      className={names(isInPlace, styles.number, className)}
      value={value ?? ''}
      onChange={(event) =>
        onChange(Number.isNaN(event.target.valueAsNumber) ? null : event.target.valueAsNumber)
      }
      {...rest}
    />
  )
}

/** That of the words; while there are none, that of the page: browsers take an empty field for one from left to right. */
export function directionOf(value: string): 'auto' | undefined {
  return value === '' ? undefined : 'auto'
}

function names(isInPlace: boolean | undefined, ...more: (string | undefined)[]): string {
  return [styles.input, isInPlace && styles.inPlace, ...more].filter(Boolean).join(' ')
}
