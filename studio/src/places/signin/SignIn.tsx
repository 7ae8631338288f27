/** The way in by a key. */
import markUrl from '../../mark.svg'
import { prefer } from '../../words/preferences'
import { useWords } from '../../words/words'
import { KeyForm } from './KeyForm'
import styles from './SignIn.module.css'

export function SignIn({ isOldLink }: { isOldLink: boolean }) {
  const { t, language } = useWords()
  return (
    <main className={styles.room}>
      <div className={styles.whole}>
        <img src={markUrl} alt="" width={44} height={44} />
        <div>
          <h1 className={styles.name}>{t('shell.name')}</h1>
          <p className={styles.lead}>{t('signin.lead')}</p>
        </div>
        <KeyForm note={isOldLink ? t('signin.token.old') : null} />
      </div>
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
