/** What stands around every place: a slim rail, the keys, and whether the server is there. */
import { type ReactNode, useEffect, useRef, useState } from 'react'
import { Link, useLocation } from 'wouter'
import { useConnection } from '../../api/live'
import { become, useSession } from '../../api/over'
import { useQueue } from '../../api/queue'
import markUrl from '../../mark.svg'
import { Button } from '../../parts/Button'
import { keepFocus } from '../../parts/focus'
import { Icon, type IconName } from '../../parts/Icon'
import { hearKeys, useHotkeys } from '../../parts/keys'
import { Tip } from '../../parts/Tip'
import { prefer, useIsDark } from '../../words/preferences'
import { type Key, useWords } from '../../words/words'
import { KeysHelp } from './KeysHelp'
import styles from './Shell.module.css'

const PLACES: { path: string; key: Key; icon: IconName; hotkey: string }[] = [
  { path: '/', key: 'shell.projects', icon: 'projects', hotkey: '1' },
  { path: '/queue', key: 'shell.queue', icon: 'queue', hotkey: '2' },
  { path: '/settings', key: 'shell.settings', icon: 'settings', hotkey: '3' },
]

export function Shell({ children }: { children: ReactNode }) {
  const { t, language, number } = useWords()
  const [path, go] = useLocation()
  const [showsKeys, setShowsKeys] = useState(false)
  const isDark = useIsDark()
  const connection = useConnection()
  const queue = useQueue(false).data
  const waiting = queue ? queue.running + queue.waiting : 0
  const session = useSession()
  const isAway = useIsLate(connection === 'reconnecting')

  const speak = () => prefer({ language: language === 'ar' ? 'en' : 'ar' })
  const light = () => prefer({ theme: isDark ? 'light' : 'dark' })
  const page = useRef<HTMLElement>(null)
  useEffect(() => hearKeys(), [])
  useEffect(() => (page.current === null ? undefined : keepFocus(page.current)), [])
  useHotkeys(t('shell.keys.everywhere'), [
    { keys: '?', label: t('shell.keys'), run: () => setShowsKeys(true) },
    ...PLACES.map(({ path, key, hotkey }) => ({ keys: hotkey, label: t(key), run: () => go(path) })),
    { keys: 'Shift+l', label: t('shell.language.other'), run: speak },
    { keys: 'Shift+d', label: t('shell.theme.switch'), run: light },
    { keys: 'F6', label: t('shell.notices'), run: () => undefined }, // they hear it themselves
  ])

  return (
    <div className={styles.shell}>
      <a className={styles.skip} href="#page">
        {t('shell.skip')}
      </a>
      <nav className={styles.rail} aria-label={t('shell.places')}>
        <img className={styles.mark} src={markUrl} alt={t('shell.name')} width={30} height={30} />
        {PLACES.map(({ path: to, key, icon, hotkey }) => (
          <Tip key={to} label={t(key)} hotkey={hotkey} side="inline-end">
            <Link
              className={styles.place}
              href={to}
              aria-label={
                to === '/queue' && waiting > 0
                  ? `${t(key)}: ${t('shell.waiting', { count: waiting })}`
                  : t(key)
              }
              aria-current={isAt(path, to) ? 'page' : undefined}
            >
              <Icon name={icon} size={19} />
              {to === '/queue' && waiting > 0 && (
                <span className={styles.count} title={t('shell.waiting', { count: waiting })}>
                  {number(waiting)}
                </span>
              )}
            </Link>
          </Tip>
        ))}
        <span className={styles.space} />
        <RailButton
          label={t('shell.language.other')}
          name={`${t('shell.language.short')} · ${t('shell.language.other')}`}
          hotkey="Shift+l"
          onPress={speak}
        >
          <span className={styles.tongue} lang={language === 'ar' ? 'en' : 'ar'}>
            {t('shell.language.short')}
          </span>
        </RailButton>
        <RailButton label={t('shell.theme.switch')} hotkey="Shift+d" onPress={light}>
          <Icon name={isDark ? 'sun' : 'moon'} size={18} />
        </RailButton>
        <RailButton label={t('shell.keys')} hotkey="?" isWideOnly onPress={() => setShowsKeys(true)}>
          <Icon name="keys" size={18} />
        </RailButton>
      </nav>
      <main ref={page} className={styles.page} id="page" tabIndex={-1}>
        {children}
      </main>
      {session === 'put_off' && (
        <div className={styles.notice} role="status">
          <b>{t('errors.no_key')}</b>
          <Button isSmall onClick={() => become('over')}>
            {t('signin.title')}
          </Button>
        </div>
      )}
      {isAway && session === 'open' && (
        <div className={styles.notice} role="status">
          <Icon name="again" />
          <span>
            <b>{t('shell.reconnecting')}</b> {t('shell.reconnecting.more')}
          </span>
        </div>
      )}
      <KeysHelp isOpen={showsKeys} onClose={() => setShowsKeys(false)} />
    </div>
  )
}

interface RailButtonProps {
  label: string
  /** What it is called, where the label leaves out what stands on it. */
  name?: string
  hotkey: string
  isWideOnly?: boolean
  onPress(): void
  children: ReactNode
}

function RailButton({ label, name = label, hotkey, isWideOnly = false, onPress, children }: RailButtonProps) {
  return (
    <Tip label={label} hotkey={hotkey} side="inline-end">
      <button
        type="button"
        className={`${styles.place} ${isWideOnly ? styles.wideOnly : ''}`}
        aria-label={name}
        onClick={onPress}
      >
        {children}
      </button>
    </Tip>
  )
}

function isAt(path: string, place: string): boolean {
  return place === '/' ? path === '/' || path.startsWith('/projects') : path.startsWith(place)
}

/** True once something has been so for a second: a reload of the server is not worth a word. */
function useIsLate(isSo: boolean): boolean {
  const [isLate, setLate] = useState(false)
  useEffect(() => {
    const later = setTimeout(() => setLate(isSo), isSo ? 1_000 : 0)
    return () => clearTimeout(later)
  }, [isSo])
  return isLate
}
