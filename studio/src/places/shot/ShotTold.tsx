/** What a shot says, where nothing of it can be changed. */
import type { Shot } from '../../api/types'
import { useWords } from '../../words/words'
import styles from './ShotTold.module.css'

export function ShotTold({ shot }: { shot: Shot }) {
  const { t, length } = useWords()
  const facts = [
    shot.framing && t(`film.framing.${shot.framing}`),
    shot.move && t(`film.move.${shot.move}`),
    shot.duration_seconds && length(shot.duration_seconds),
  ].filter(Boolean)
  return (
    <section className={styles.told} aria-label={t('film.prompt')}>
      <p dir="auto">{shot.prompt || t('common.none')}</p>
      {shot.line && (
        <blockquote dir="auto" className={styles.line}>
          {shot.line}
        </blockquote>
      )}
      {facts.length > 0 && <p className={styles.facts}>{facts.join(t('common.between'))}</p>}
    </section>
  )
}
