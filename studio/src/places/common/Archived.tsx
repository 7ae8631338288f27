/** That a project lies in the archive, and the way back; nothing of one that does not. */
import { useArchive } from '../../api/projects'
import type { Project } from '../../api/types'
import { Button } from '../../parts/Button'
import { Icon } from '../../parts/Icon'
import { useWords } from '../../words/words'
import styles from './Archived.module.css'
import { useTellProblem } from './Problem'

export function Archived({ project }: { project: Pick<Project, 'id' | 'archived_at'> }) {
  const { t, date } = useWords()
  const archive = useArchive()
  const tell = useTellProblem()
  if (project.archived_at === null) return null
  return (
    <div className={styles.bar} role="status">
      <Icon name="archive" />
      <p>{t('projects.is_archived', { date: date(project.archived_at) })}</p>
      <Button
        isSmall
        isBusy={archive.isPending}
        onClick={() => archive.mutate({ id: project.id, isArchived: false }, { onError: tell })}
      >
        {t('projects.back')}
      </Button>
    </div>
  )
}
