/** What went wrong, what was said of it, and what to do next. */
import type { ReactNode } from 'react'
import styles from './ErrorNote.module.css'
import { Icon } from './Icon'

interface ErrorNoteProps {
  title: string
  /** In the words of the server, which are English. */
  said?: string | undefined
  advice?: string | undefined
  children?: ReactNode
}

export function ErrorNote({ title, said, advice, children }: ErrorNoteProps) {
  return (
    <div className={styles.note} role="alert">
      <Icon name="warning" size={15} />
      <div>
        <p className={styles.title}>{title}</p>
        {said && (
          <p className={styles.said}>
            <bdi lang="en">{said}</bdi>
          </p>
        )}
        {advice && <p className={styles.advice}>{advice}</p>}
      </div>
      {children}
    </div>
  )
}
