/** Acts behind a button. */
import { Menu as Base } from '@base-ui/react/menu'
import type { ReactElement } from 'react'
import { Icon, type IconName } from './Icon'
import { Keycap } from './Keycap'
import styles from './Menu.module.css'

export interface Act {
  name: string
  label: string
  icon?: IconName
  hotkey?: string
  isGrave?: boolean
  isOff?: boolean
  run(): void
}

export function Menu({ trigger, acts }: { trigger: ReactElement; acts: Act[] }) {
  return (
    <Base.Root>
      <Base.Trigger render={trigger} />
      <Base.Portal>
        <Base.Positioner className={styles.over} sideOffset={4} align="end">
          <Base.Popup className={styles.popup}>
            {acts.map((act) => (
              <Base.Item
                key={act.name}
                className={styles.item}
                data-grave={act.isGrave || undefined}
                disabled={act.isOff ?? false}
                onClick={act.run}
              >
                {act.icon ? <Icon name={act.icon} /> : <span />}
                <span className={styles.label}>{act.label}</span>
                {act.hotkey && <Keycap keys={act.hotkey} />}
              </Base.Item>
            ))}
          </Base.Popup>
        </Base.Positioner>
      </Base.Portal>
    </Base.Root>
  )
}
