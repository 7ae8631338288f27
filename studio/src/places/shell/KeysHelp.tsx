/** All keys of the page that is open. */
import { Dialog } from '../../parts/Dialog'
import { Keycap } from '../../parts/Keycap'
import { useAllHotkeys } from '../../parts/keys'
import { useWords } from '../../words/words'
import styles from './KeysHelp.module.css'

export function KeysHelp({ isOpen, onClose }: { isOpen: boolean; onClose(): void }) {
  const { t } = useWords()
  const groups = useAllHotkeys().filter((group) => group.hotkeys.some((one) => !one.isOff))
  return (
    <Dialog title={t('shell.keys.title')} isOpen={isOpen} onClose={onClose} isWide>
      <div className={styles.groups}>
        {groups.toReversed().map((group) => (
          <section key={group.title} className={styles.group}>
            <h3 className={styles.title}>{group.title}</h3>
            <dl>
              {group.hotkeys
                .filter((one) => !one.isOff)
                .map((one) => (
                  <div key={one.keys} className={styles.row}>
                    <dt>{one.label}</dt>
                    <dd>
                      <Keycap keys={one.keys} />
                    </dd>
                  </div>
                ))}
            </dl>
          </section>
        ))}
      </div>
    </Dialog>
  )
}
