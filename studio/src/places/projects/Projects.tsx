/** All projects, the one that changed last first. */
import { useState } from 'react'
import { useLocation } from 'wouter'
import { useDeleteProject, useProjects } from '../../api/projects'
import { Button } from '../../parts/Button'
import { useHotkeys } from '../../parts/keys'
import { useWords } from '../../words/words'
import { Head } from '../common/Head'
import { useDeleteLater, useHidden } from '../common/later'
import { Problem } from '../common/Problem'
import { Wait } from '../common/Wait'
import { Begin } from './Begin'
import { NewProject, type Start } from './NewProject'
import { ProjectCard } from './ProjectCard'
import styles from './Projects.module.css'

export function Projects() {
  const { t } = useWords()
  const [, go] = useLocation()
  const projects = useProjects()
  const hidden = useHidden()
  const deleteLater = useDeleteLater()
  const { mutateAsync: remove } = useDeleteProject()
  const [start, setStart] = useState<Start | null>(null)
  useHotkeys(t('shell.projects'), [{ keys: 'n', label: t('projects.new'), run: () => setStart('empty') }])

  const shown = projects.data?.filter((project) => !hidden.has(project.id))
  return (
    <>
      <Head
        title={t('shell.projects')}
        acts={
          <Button icon="plus" weight="first" onClick={() => setStart('empty')}>
            {t('projects.new')}
          </Button>
        }
      />
      {projects.isPending && <Wait />}
      {projects.error && (
        <div className={styles.note}>
          <Problem error={projects.error} onRetry={() => void projects.refetch()} />
        </div>
      )}
      {shown?.length === 0 && <Begin onStart={setStart} onMade={(id) => go(`/projects/${id}`)} />}
      {shown !== undefined && shown.length > 0 && (
        <ul className={styles.grid}>
          {shown.map((project) => (
            <ProjectCard
              key={project.id}
              project={project}
              onDelete={() =>
                deleteLater(project.id, t('projects.deleted', { name: project.name }), () =>
                  remove(project.id),
                )
              }
            />
          ))}
        </ul>
      )}
      <NewProject start={start} onClose={() => setStart(null)} onMade={(id) => go(`/projects/${id}`)} />
    </>
  )
}
