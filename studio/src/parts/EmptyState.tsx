/** A place with nothing in it: what would be here, and how to begin. */
import type { ReactNode } from 'react'
import styles from './EmptyState.module.css'
import { Icon, type IconName } from './Icon'

interface EmptyStateProps {
  icon: IconName
  title: string
  more?: ReactNode
  children?: ReactNode
}

export function EmptyState({ icon, title, more, children }: EmptyStateProps) {
  return (
    <div className={styles.empty}>
      <span className={styles.mark}>
        <Icon name={icon} size={20} />
      </span>
      <h2 className={styles.title}>{title}</h2>
      {more && <p className={styles.more}>{more}</p>}
      {children && <div className={styles.acts}>{children}</div>}
    </div>
  )
}
