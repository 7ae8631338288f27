/** The bar at the top of a place: where one is, and what can be done here. */
import { type ReactNode, useEffect } from 'react'
import { Link } from 'wouter'
import { Icon } from '../../parts/Icon'
import { useWords } from '../../words/words'
import styles from './Head.module.css'

interface HeadProps {
  /** Of the tab of the browser. */
  title: string
  back?: { path: string; label: string }
  /** What stands beside the way back; the title if nothing is given. */
  children?: ReactNode
  acts?: ReactNode
}

export function Head({ title, back, children, acts }: HeadProps) {
  const { t } = useWords()
  useEffect(() => {
    document.title = `${title} · ${t('shell.name')}`
  }, [title, t])
  return (
    <header className={styles.head}>
      {back && (
        <Link className={styles.back} href={back.path} aria-label={back.label} title={back.label}>
          <Icon name="back" />
        </Link>
      )}
      <div className={styles.what}>{children ?? <h1 className={styles.title}>{title}</h1>}</div>
      {acts && <div className={styles.acts}>{acts}</div>}
    </header>
  )
}
