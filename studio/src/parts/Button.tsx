/** Buttons: with words, or an icon alone that a tooltip names. */
import type { ButtonHTMLAttributes, Ref } from 'react'
import styles from './Button.module.css'
import { Icon, type IconName } from './Icon'
import { Tip } from './Tip'

export type Weight = 'plain' | 'first' | 'quiet' | 'grave' | 'over'

interface Common extends Omit<ButtonHTMLAttributes<HTMLButtonElement>, 'type'> {
  weight?: Weight
  isSmall?: boolean
  isBusy?: boolean
  ref?: Ref<HTMLButtonElement>
}

/** A button that is busy does nothing; it is not switched off, so that it keeps the focus. */
function busyProps(isBusy: boolean): ButtonHTMLAttributes<HTMLButtonElement> {
  return isBusy
    ? { 'aria-busy': true, 'aria-disabled': true, onClick: (event) => event.preventDefault() }
    : {}
}
interface ButtonProps extends Common {
  icon?: IconName
  submits?: boolean
}

export function Button({
  weight = 'plain',
  isSmall = false,
  isBusy = false,
  submits = false,
  icon,
  children,
  className,
  disabled,
  ...rest
}: ButtonProps) {
  const names = [styles.button, styles[weight], isSmall && styles.small, isBusy && styles.busy, className]
  return (
    <button
      type={submits ? 'submit' : 'button'}
      className={names.filter(Boolean).join(' ')}
      disabled={disabled}
      {...rest}
      {...busyProps(isBusy)}
    >
      {icon && <Icon name={icon} size={isSmall ? 14 : 16} />}
      <span>{children}</span>
    </button>
  )
}

interface IconButtonProps extends Common {
  icon: IconName
  /** What it does, for a tooltip and for who cannot see. */
  label: string
  /** The key that does the same. */
  hotkey?: string
  isFilled?: boolean
}

export function IconButton({
  weight = 'quiet',
  isSmall = false,
  isBusy = false,
  isFilled = false,
  icon,
  label,
  hotkey,
  className,
  disabled,
  ...rest
}: IconButtonProps) {
  const names = [
    styles.button,
    styles.only,
    styles[weight],
    isSmall && styles.small,
    isBusy && styles.busy,
    className,
  ]
  return (
    <Tip label={label} {...(hotkey === undefined ? {} : { hotkey })}>
      <button
        type="button"
        className={names.filter(Boolean).join(' ')}
        aria-label={label}
        disabled={disabled}
        {...rest}
        {...busyProps(isBusy)}
      >
        <Icon name={icon} size={isSmall ? 14 : 16} filled={isFilled} />
      </button>
    </Tip>
  )
}
