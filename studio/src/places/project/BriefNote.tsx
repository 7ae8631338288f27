/** Where the words of a brief are, unless all is well: here only, as the server is away, or beside those of somebody else. */
import { Button } from '../../parts/Button'
import { Icon } from '../../parts/Icon'
import { useWords } from '../../words/words'
import styles from './BriefNote.module.css'
import type { Standing } from './brief'

interface BriefNoteProps {
  standing: Standing
  onMine(): void
  onTheirs(): void
}

export function BriefNote({ standing, onMine, onTheirs }: BriefNoteProps) {
  const { t } = useWords()
  return (
    <div className={styles.note} role="status" data-standing={standing}>
      {standing === 'away' && (
        <p>
          <Icon name="again" size={14} /> {t('composer.away')}
        </p>
      )}
      {standing === 'contested' && (
        <>
          <p>
            <Icon name="info" size={14} /> {t('composer.contested', { fields: t('project.brief') })}
          </p>
          <Button isSmall onClick={onMine}>
            {t('composer.mine')}
          </Button>
          <Button isSmall onClick={onTheirs}>
            {t('composer.theirs')}
          </Button>
        </>
      )}
    </div>
  )
}
