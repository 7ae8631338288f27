/** More of something, over the page: stays until a person is done with it. */
import { Popover as Base } from '@base-ui/react/popover'
import type { ReactElement, ReactNode } from 'react'
import styles from './Popover.module.css'

interface PopoverProps {
  trigger: ReactElement
  /** For who cannot see. */
  title: string
  side?: 'top' | 'bottom'
  isOpen?: boolean
  onOpenChange?(isOpen: boolean): void
  children: ReactNode
}

export function Popover({ trigger, title, side = 'top', isOpen, onOpenChange, children }: PopoverProps) {
  return (
    <Base.Root {...(isOpen !== undefined && { open: isOpen })} onOpenChange={(open) => onOpenChange?.(open)}>
      <Base.Trigger render={trigger} />
      <Base.Portal>
        <Base.Positioner
          className={styles.over}
          sideOffset={6}
          side={side}
          align="start"
          collisionPadding={8}
        >
          <Base.Popup className={styles.popup} aria-label={title}>
            {children}
          </Base.Popup>
        </Base.Positioner>
      </Base.Portal>
    </Base.Root>
  )
}
