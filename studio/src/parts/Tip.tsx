/** A tooltip: what a button does, and its key. */
import { Tooltip } from '@base-ui/react/tooltip'
import type { ReactElement } from 'react'
import { Keycap } from './Keycap'
import styles from './Tip.module.css'

interface TipProps {
  label: string
  hotkey?: string
  side?: 'top' | 'bottom' | 'inline-end' | 'inline-start'
  children: ReactElement
}

export function Tip({ label, hotkey, side = 'top', children }: TipProps) {
  return (
    <Tooltip.Root>
      <Tooltip.Trigger render={children} />
      <Tooltip.Portal>
        <Tooltip.Positioner sideOffset={6} side={side} className={styles.over}>
          <Tooltip.Popup className={styles.tip}>
            {label}
            {hotkey && <Keycap keys={hotkey} />}
          </Tooltip.Popup>
        </Tooltip.Positioner>
      </Tooltip.Portal>
    </Tooltip.Root>
  )
}
