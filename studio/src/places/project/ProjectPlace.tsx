/** A project: its brief beside its shots. */
import { useRef } from 'react'
import { Link, useLocation, useParams } from 'wouter'
import { ApiError } from '../../api/errors'
import { useChangeProject, useProject } from '../../api/projects'
import type { ProjectWhole } from '../../api/types'
import { Icon } from '../../parts/Icon'
import { InPlace } from '../../parts/InPlace'
import { useHotkeys } from '../../parts/keys'
import { useWords } from '../../words/words'
import { Archived } from '../common/Archived'
import { Head } from '../common/Head'
import { Nowhere } from '../common/Nowhere'
import { Problem, useTellProblem } from '../common/Problem'
import { Wait } from '../common/Wait'
import { BriefPanel } from './BriefPanel'
import styles from './ProjectPlace.module.css'
import { ShotList } from './ShotList'

export function ProjectPlace() {
  const { project: id = '' } = useParams()
  const project = useProject(id)
  if (project.data !== undefined) return <Open project={project.data} />
  if (project.error instanceof ApiError && project.error.status === 404) {
    return <Nowhere />
  }
  if (project.error) return <Problem error={project.error} onRetry={() => void project.refetch()} />
  return <Wait />
}

function Open({ project }: { project: ProjectWhole }) {
  const { t, length } = useWords()
  const change = useChangeProject(project.id)
  const tell = useTellProblem()
  const brief = useRef<HTMLTextAreaElement>(null)
  const [, go] = useLocation()
  const isArchived = project.archived_at !== null
  const boardPath = `/projects/${project.id}/board`
  useHotkeys(t('project.title'), [
    { keys: 'w', label: t('board.title'), run: () => go(boardPath) },
    { keys: 'b', label: t('project.keys.brief'), run: () => brief.current?.focus() },
  ])
  return (
    <div className={styles.place}>
      <Head
        title={project.name}
        back={{ path: '/', label: t('shell.projects') }}
        acts={
          <Link className={styles.board} href={boardPath}>
            <Icon name="board" />
            {t('board.title')}
          </Link>
        }
      >
        <h1 className={styles.name}>
          {isArchived ? (
            <bdi>{project.name}</bdi>
          ) : (
            <InPlace
              label={t('projects.name')}
              value={project.name}
              maxLength={200}
              isNeeded
              onDone={(name) => change.mutate({ name, version: project.version }, { onError: tell })}
            />
          )}
        </h1>
        <p className={styles.facts}>
          {t('film.shots', { count: project.shots.length })}
          {project.seconds > 0 && `${t('common.between')}${length(project.seconds)}`}
          {project.shots.length > 0 &&
            `${t('common.between')}${t('film.chosen', { count: project.shots.filter((shot) => shot.chosen_take_id !== null).length, all: project.shots.length })}`}
        </p>
      </Head>
      <Archived project={project} />
      <fieldset className={styles.both} disabled={isArchived}>
        <BriefPanel project={project} field={brief} />
        <ShotList project={project} />
      </fieldset>
    </div>
  )
}
