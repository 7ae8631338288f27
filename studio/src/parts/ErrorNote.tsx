/** What went wrong, what was said of it, and what to do next. */
import type { ReactNode } from 'react'
import { useWords } from '../words/words'
import styles from './ErrorNote.module.css'
import { Icon } from './Icon'

interface ErrorNoteProps {
  title: string
  /** Why, in the language of the page. */
  said?: string | undefined
  /** Why, in the words of the server, which are English. */
  quoted?: string | undefined
  advice?: string | undefined
  children?: ReactNode
}

export function ErrorNote({ title, said, quoted, advice, children }: ErrorNoteProps) {
  const { t, language } = useWords()
  return (
    <div className={styles.note} role="alert">
      <Icon name="warning" size={15} />
      <div>
        <p className={styles.title}>{title}</p>
        {said && <p className={styles.said}>{said}</p>}
        {quoted && (
          <p className={styles.said}>
            {language !== 'en' && `${t('errors.details')} `}
            <bdi lang="en">{quoted}</bdi>
          </p>
        )}
        {advice && <p className={styles.advice}>{advice}</p>}
      </div>
      {children}
    </div>
  )
}
