/** A new project: from a sample brief, a brief of one's own, or nothing. */
import { type FormEvent, useEffect, useId, useState } from 'react'
import { useMakeProject } from '../../api/projects'
import type { Language, ProjectGiven } from '../../api/types'
import { Button } from '../../parts/Button'
import { Dialog } from '../../parts/Dialog'
import { Field, TextArea, TextInput } from '../../parts/Field'
import { Segmented } from '../../parts/Segmented'
import { useWords } from '../../words/words'
import { atField, Problem } from '../common/Problem'
import styles from './Projects.module.css'

export type Start = 'empty' | Language

interface NewProjectProps {
  /** null: it is closed. */
  start: Start | null
  onClose(): void
  onMade(id: string): void
}

export function NewProject({ start, onClose, onMade }: NewProjectProps) {
  const words = useWords()
  const { t, language } = words
  const form = useId()
  const make = useMakeProject()
  const [from, setFrom] = useState<Start>('empty')
  const [name, setName] = useState('')
  const [brief, setBrief] = useState('')
  useEffect(() => {
    if (start === null) return
    setFrom(start)
    setName('')
    setBrief('')
  }, [start])

  const usual = from === 'empty' ? t('projects.name.usual') : t(`projects.name.sample.${from}`)
  const submit = (event: FormEvent) => {
    event.preventDefault()
    make.mutate(givenOf(from, name.trim() || usual, brief.trim(), language), {
      onSuccess: (project) => {
        onClose()
        onMade(project.id)
      },
    })
  }
  const wrongName = atField(words, make.error, 'name')
  const wrongBrief = atField(words, make.error, 'brief')
  return (
    <Dialog
      title={t('projects.new')}
      isOpen={start !== null}
      onClose={onClose}
      foot={
        <>
          <Button weight="quiet" onClick={onClose}>
            {t('common.cancel')}
          </Button>
          <Button weight="first" submits form={form} isBusy={make.isPending}>
            {t('projects.make')}
          </Button>
        </>
      }
    >
      <form id={form} className={styles.form} onSubmit={submit}>
        <Segmented
          label={t('projects.start')}
          value={from}
          onChange={setFrom}
          segments={[
            { value: 'empty', label: t('projects.start.own') },
            { value: 'en', label: t('projects.sample.en') },
            { value: 'ar', label: t('projects.sample.ar') },
          ]}
        />
        <Field label={t('projects.name')} wrong={wrongName}>
          <TextInput value={name} onChange={setName} placeholder={usual} maxLength={200} autoFocus />
        </Field>
        {from === 'empty' ? (
          <Field label={t('projects.brief')} hint={t('projects.brief.hint')} wrong={wrongBrief}>
            <TextArea value={brief} onChange={setBrief} rows={5} placeholder={t('projects.brief.example')} />
          </Field>
        ) : (
          <p className={styles.sample}>{t('projects.sample.more')}</p>
        )}
        {!wrongName && !wrongBrief && <Problem error={make.error} />}
      </form>
    </Dialog>
  )
}

/** The language of a brief is that of its letters; of one without, that of the page. */
export function languageOf(text: string, otherwise: Language): Language {
  const arabic = text.match(/\p{Script=Arabic}/gu)?.length ?? 0
  const latin = text.match(/\p{Script=Latin}/gu)?.length ?? 0
  return arabic === latin ? otherwise : arabic > latin ? 'ar' : 'en'
}

function givenOf(from: Start, name: string, brief: string, language: Language): ProjectGiven {
  if (from !== 'empty') return { name, sample: from }
  return brief === '' ? { name } : { name, brief: { text: brief, language: languageOf(brief, language) } }
}
