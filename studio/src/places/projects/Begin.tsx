/** The first minutes: a brief is written here and becomes shots, or the sample shows how that goes. */
import { type FormEvent, useState } from 'react'
import { useBegin } from '../../api/projects'
import type { Language } from '../../api/types'
import { Button } from '../../parts/Button'
import { Field, TextArea } from '../../parts/Field'
import { useWords } from '../../words/words'
import { Problem } from '../common/Problem'
import styles from './Begin.module.css'
import { languageOf, type Start } from './NewProject'

interface BeginProps {
  onStart(start: Start): void
  onMade(id: string): void
}

export function Begin({ onStart, onMade }: BeginProps) {
  const { t, language } = useWords()
  const [text, setText] = useState('')
  const begun = useBegin()
  const begin = (event: FormEvent) => {
    event.preventDefault()
    const told = text.trim()
    if (told === '') return onStart('empty')
    const brief = { text: told, language: languageOf(told, language) }
    begun.mutate({ name: t('projects.name.usual'), brief }, { onSuccess: (project) => onMade(project.id) })
  }
  const samples: Language[] = language === 'ar' ? ['ar', 'en'] : ['en', 'ar']
  return (
    <section className={styles.begin}>
      <h2 className={styles.title}>{t('projects.empty')}</h2>
      <p className={styles.more}>{t('projects.empty.more')}</p>
      <form className={styles.form} onSubmit={begin}>
        <Field label={t('projects.brief')}>
          <TextArea rows={5} value={text} onChange={setText} placeholder={t('projects.brief.example')} />
        </Field>
        <div className={styles.acts}>
          {samples.map((sample) => (
            <Button key={sample} icon="play" onClick={() => onStart(sample)}>
              {t(`projects.sample.${sample}`)}
            </Button>
          ))}
          <Button weight="first" submits isBusy={begun.isPending}>
            {t('projects.begin')}
          </Button>
        </div>
        <Problem error={begun.error} />
      </form>
    </section>
  )
}
