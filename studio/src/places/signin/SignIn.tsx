/** The way in: a key, or the link that the server printed. */
import { type FormEvent, useEffect, useRef, useState } from 'react'
import { ApiError } from '../../api/errors'
import { takeToken, useSignIn } from '../../api/session'
import markUrl from '../../mark.svg'
import { Button } from '../../parts/Button'
import { Field, TextInput } from '../../parts/Field'
import { prefer } from '../../words/preferences'
import { useWords } from '../../words/words'
import { Problem } from '../common/Problem'
import { Wait } from '../common/Wait'
import styles from './SignIn.module.css'

export function SignIn() {
  const { t, language } = useWords()
  const [key, setKey] = useState('')
  const [token] = useState(takeToken)
  const signIn = useSignIn()
  const isAsked = useRef(false)
  const { mutate } = signIn
  useEffect(() => {
    if (token === null || isAsked.current) return
    isAsked.current = true
    mutate({ token })
  }, [token, mutate])

  const enter = (event: FormEvent) => {
    event.preventDefault()
    if (key.trim() !== '') signIn.mutate({ key: key.trim() })
  }
  const isUnknown = signIn.error instanceof ApiError && signIn.error.status === 401
  const isOldLink = isUnknown && 'token' in (signIn.variables ?? {})
  if (signIn.isPending && 'token' in signIn.variables) return <Wait />
  return (
    <main className={styles.room}>
      <form className={styles.form} onSubmit={enter}>
        <img src={markUrl} alt="" width={44} height={44} />
        <div>
          <h1 className={styles.name}>{t('shell.name')}</h1>
          <p className={styles.lead}>{t('signin.lead')}</p>
        </div>
        {isOldLink && <p className={styles.old}>{t('signin.token.old')}</p>}
        <Field
          label={t('signin.key')}
          hint={t('signin.key.hint')}
          wrong={isUnknown && !isOldLink && t('signin.key.wrong')}
        >
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
