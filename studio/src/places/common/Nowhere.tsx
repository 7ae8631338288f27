/** Where there is nothing: what may have become of it, and the way to what there is. */
import { useEffect } from 'react'
import { useLocation } from 'wouter'
import { Button } from '../../parts/Button'
import { EmptyState } from '../../parts/EmptyState'
import { useWords } from '../../words/words'
import styles from './Nowhere.module.css'

/** `path`: the address, where no place of the studio is called so. */
export function Nowhere({ path }: { path?: string }) {
  const { t } = useWords()
  const [, go] = useLocation()
  useEffect(() => {
    document.title = `${t('shell.nowhere')} · ${t('shell.name')}`
  }, [t])
  return (
    <div className={styles.place}>
      <EmptyState
        icon="info"
        title={t('shell.nowhere')}
        more={
          <>
            {path && (
              <bdi className={styles.path} dir="ltr">
                {path}
              </bdi>
            )}
            {t('shell.nowhere.advice')}
          </>
        }
      >
        <Button icon="projects" weight="first" onClick={() => go('/')}>
          {t('shell.nowhere.projects')}
        </Button>
        <Button icon="queue" onClick={() => go('/queue')}>
          {t('shell.nowhere.queue')}
        </Button>
      </EmptyState>
    </div>
  )
}
