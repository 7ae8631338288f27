/** Where a key is given, and what opens the studio without one. */
import { type FormEvent, useState } from 'react'
import { ApiError } from '../../api/errors'
import { useSignIn } from '../../api/session'
import { Button } from '../../parts/Button'
import { Field, TextInput } from '../../parts/Field'
import { useWords } from '../../words/words'
import { Problem } from '../common/Problem'
import styles from './SignIn.module.css'

interface KeyFormProps {
  /** Said until a key was tried. */
  note: string | null
}

export function KeyForm({ note }: KeyFormProps) {
  const { t } = useWords()
  const [key, setKey] = useState('')
  const signIn = useSignIn()

  const enter = (event: FormEvent) => {
    event.preventDefault()
    if (key.trim() !== '') signIn.mutate({ key: key.trim() })
  }
  const isUnknown = signIn.error instanceof ApiError && signIn.error.status === 401
  return (
    <form className={styles.form} onSubmit={enter}>
      {note !== null && signIn.error === null && <p className={styles.old}>{note}</p>}
      <Field label={t('signin.key')} hint={t('signin.key.hint')} wrong={isUnknown && t('signin.key.wrong')}>
        <TextInput
          type="password"
          dir="ltr"
          autoComplete="current-password"
          autoFocus
          required
          value={key}
          onChange={setKey}
        />
      </Field>
      {!isUnknown && <Problem error={signIn.error} />}
      <Button weight="first" submits isBusy={signIn.isPending}>
        {t('signin.enter')}
      </Button>
      <div className={styles.other}>
        <p>{t('signin.link')}</p>
        <code className={styles.code} dir="ltr">
          manazir studio
        </code>
      </div>
    </form>
  )
}
