/** Files on their way to the server. */
import { IconButton } from '../../parts/Button'
import { Progress } from '../../parts/Progress'
import { useWords } from '../../words/words'
import styles from './Bringings.module.css'
import type { Bringing } from './bringing'

export function Bringings({ running }: { running: readonly Bringing[] }) {
  const { t } = useWords()
  return running.map((one) => (
    <div key={one.key} className={styles.one}>
      <bdi className={styles.name}>{one.name}</bdi>
      <Progress fraction={one.fraction} label={t('board.bringing', { name: one.name })} />
      <IconButton icon="close" label={t('common.cancel')} isSmall onClick={one.stop} />
    </div>
  ))
}
