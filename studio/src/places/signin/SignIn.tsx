/** The way in by a key. */
import { type FormEvent, useState } from 'react'
import { ApiError } from '../../api/errors'
import { useSignIn } from '../../api/session'
import markUrl from '../../mark.svg'
import { Button } from '../../parts/Button'
import { Field, TextInput } from '../../parts/Field'
import { prefer } from '../../words/preferences'
import { useWords } from '../../words/words'
import { Problem } from '../common/Problem'
import styles from './SignIn.module.css'

export function SignIn({ isOldLink }: { isOldLink: boolean }) {
  const { t, language } = useWords()
  const [key, setKey] = useState('')
  const signIn = useSignIn()

  const enter = (event: FormEvent) => {
    event.preventDefault()
    if (key.trim() !== '') signIn.mutate({ key: key.trim() })
  }
  const isUnknown = signIn.error instanceof ApiError && signIn.error.status === 401
  return (
    <main className={styles.room}>
      <form className={styles.form} onSubmit={enter}>
        <img src={markUrl} alt="" width={44} height={44} />
        <div>
          <h1 className={styles.name}>{t('shell.name')}</h1>
          <p className={styles.lead}>{t('signin.lead')}</p>
        </div>
        {isOldLink && signIn.error === null && <p className={styles.old}>{t('signin.token.old')}</p>}
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
      <button
        type="button"
        className={styles.tongue}
        lang={language === 'ar' ? 'en' : 'ar'}
        onClick={() => prefer({ language: language === 'ar' ? 'en' : 'ar' })}
      >
        {t('shell.language.other')}
      </button>
    </main>
  )
}
