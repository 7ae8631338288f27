/** A project at a glance: its picture, its name, how far it is. */
import { Link } from 'wouter'
import type { Project } from '../../api/types'
import { IconButton } from '../../parts/Button'
import { Menu } from '../../parts/Menu'
import { Picture } from '../../parts/Picture'
import { useWords } from '../../words/words'
import styles from './Projects.module.css'

interface ProjectCardProps {
  project: Project
  /** Into the archive, or back from it. */
  onArchive(): void
  onDelete(): void
}

export function ProjectCard({ project, onArchive, onDelete }: ProjectCardProps) {
  const { t, length, since } = useWords()
  const { shot_count: shots, chosen_count: chosen } = project
  return (
    <li className={styles.card}>
      <Link className={styles.link} href={`/projects/${project.id}`}>
        <Picture src={project.cover_url} alt="" shape={16 / 10} covers icon="projects">
          {shots > 0 && (
            <span className={styles.done} aria-hidden="true">
              <span style={{ inlineSize: `${(100 * chosen) / shots}%` }} />
            </span>
          )}
        </Picture>
        <h2 className={styles.name}>
          <bdi>{project.name}</bdi>
        </h2>
      </Link>
      <p className={styles.facts}>
        {t('film.shots', { count: shots })}
        {project.seconds > 0 && `${t('common.between')}${length(project.seconds)}`}
        {shots > 0 && `${t('common.between')}${t('film.chosen', { count: chosen, all: shots })}`}
      </p>
      <p className={styles.when}>{since(project.updated_at)}</p>
      <div className={styles.menu}>
        <Menu
          trigger={<IconButton icon="more" weight="over" label={t('common.more')} isSmall />}
          acts={[
            {
              name: 'archive',
              label: t(project.archived_at === null ? 'projects.archive.put' : 'projects.back'),
              icon: project.archived_at === null ? 'archive' : 'undo',
              run: onArchive,
            },
            { name: 'delete', label: t('projects.delete'), icon: 'trash', isGrave: true, run: onDelete },
          ]}
        />
      </div>
    </li>
  )
}
