/** While an answer comes; where it is late, so that nothing flickers. */
import { useWords } from '../../words/words'
import styles from './Wait.module.css'

export function Wait() {
  const { t } = useWords()
  return (
    <div className={styles.wait} role="status">
      <span className={styles.lamp} />
      <span className={styles.said}>{t('common.loading')}</span>
    </div>
  )
}
