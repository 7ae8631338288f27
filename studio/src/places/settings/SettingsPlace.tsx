/** How the studio speaks and looks here, whose it is, and what was used. */
import type { ReactNode } from 'react'
import { useUsage } from '../../api/queue'
import { useMe, useSignOut } from '../../api/session'
import { Button } from '../../parts/Button'
import { Segmented } from '../../parts/Segmented'
import { prefer, usePreferences } from '../../words/preferences'
import { useWords } from '../../words/words'
import { Head } from '../common/Head'
import { Problem, useTellProblem } from '../common/Problem'
import styles from './SettingsPlace.module.css'
import { UsageTold } from './UsageTold'

export function SettingsPlace() {
  const { t } = useWords()
  return (
    <>
      <Head title={t('settings.title')} />
      <div className={styles.place}>
        <Looks />
        <Whose />
        <Used />
      </div>
    </>
  )
}

function Looks() {
  const { t, named } = useWords()
  const { language, numerals, theme } = usePreferences()
  return (
    <section className={styles.part}>
      <h2>{t('settings.here')}</h2>
      <Row name={t('settings.language')}>
        <Segmented
          label={t('settings.language')}
          value={language}
          onChange={(next) => prefer({ language: next })}
          segments={[
            { value: 'en', label: named('settings.language', 'en') },
            { value: 'ar', label: named('settings.language', 'ar') },
          ]}
        />
      </Row>
      {language === 'ar' && (
        <Row name={t('settings.numerals')}>
          <Segmented
            label={t('settings.numerals')}
            value={numerals}
            onChange={(next) => prefer({ numerals: next })}
            segments={[
              { value: 'own', label: t('settings.numerals.own') },
              { value: 'western', label: t('settings.numerals.western') },
            ]}
          />
        </Row>
      )}
      <Row name={t('settings.theme')}>
        <Segmented
          label={t('settings.theme')}
          value={theme}
          onChange={(next) => prefer({ theme: next })}
          segments={[
            { value: 'system', label: t('settings.theme.system') },
            { value: 'light', label: t('settings.theme.light'), icon: 'sun' },
            { value: 'dark', label: t('settings.theme.dark'), icon: 'moon' },
          ]}
        />
      </Row>
    </section>
  )
}

function Whose() {
  const { t, named } = useWords()
  const tell = useTellProblem()
  const me = useMe().data
  const signOut = useSignOut()
  return (
    <section className={styles.part}>
      <h2>{t('settings.account')}</h2>
      {me && (
        <>
          <Row name={t('settings.tenant')}>
            <bdi>{me.tenant.name}</bdi>
          </Row>
          <Row name={t('settings.scopes')}>
            {me.scopes.map((scope) => named('settings.scope', scope)).join(' · ')}
          </Row>
        </>
      )}
      <Row name={t('settings.session')}>
        <Button
          icon="leave"
          isBusy={signOut.isPending}
          onClick={() => signOut.mutate(undefined, { onError: tell })}
        >
          {t('settings.signout')}
        </Button>
      </Row>
    </section>
  )
}

function Used() {
  const { t } = useWords()
  const usage = useUsage()
  return (
    <section className={styles.part}>
      <h2>{t('settings.usage')}</h2>
      {usage.error && <Problem error={usage.error} onRetry={() => void usage.refetch()} />}
      {usage.data && <UsageTold usage={usage.data} />}
    </section>
  )
}

function Row({ name, children }: { name: string; children: ReactNode }) {
  return (
    <div className={styles.row}>
      <span className={styles.name}>{name}</span>
      <div>{children}</div>
    </div>
  )
}
