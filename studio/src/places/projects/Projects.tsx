/** All projects, the one that changed last first. */
import { useEffect, useRef, useState } from 'react'
import { useLocation, useSearchParams } from 'wouter'
import { useArchive, useDeleteProject, useProjects } from '../../api/projects'
import type { Project } from '../../api/types'
import { Button, IconButton } from '../../parts/Button'
import { EmptyState } from '../../parts/EmptyState'
import { TextInput } from '../../parts/Field'
import { useHotkeys } from '../../parts/keys'
import { notify } from '../../parts/Toast'
import { useWords } from '../../words/words'
import { Head } from '../common/Head'
import { useDeleteLater, useHidden } from '../common/later'
import { Problem, useTellProblem } from '../common/Problem'
import { Wait } from '../common/Wait'
import { Begin } from './Begin'
import { NewProject, type Start } from './NewProject'
import { ProjectCard } from './ProjectCard'
import styles from './Projects.module.css'

const REST = 250

export function Projects() {
  const { t } = useWords()
  const [, go] = useLocation()
  const [written, write] = useState('')
  const named = useRested(written.trim())
  const [asked, ask] = useSearchParams()
  const isArchive = asked.has('archive')
  const projects = useProjects(named, isArchive)
  const hidden = useHidden()
  const deleteLater = useDeleteLater()
  const { mutateAsync: remove } = useDeleteProject()
  const [start, setStart] = useState<Start | null>(null)
  const search = useRef<HTMLInputElement>(null)
  useHotkeys(t('shell.projects'), [
    { keys: 'n', label: t('projects.new'), run: () => setStart('empty') },
    { keys: '/', label: t('projects.search'), run: () => search.current?.focus() },
    { keys: 'a', label: t('projects.archive.look'), run: () => look(!isArchive) },
  ])

  const look = (archive: boolean) => ask(archive ? { archive: '' } : {}, { replace: true })
  const put = usePutAway()
  const shown = projects.data?.filter((project) => !hidden.has(project.id))
  const isBare = shown?.length === 0 && !projects.hasNextPage
  return (
    <>
      <Head
        title={t(isArchive ? 'projects.archive' : 'shell.projects')}
        acts={
          <>
            {!(isBare && named === '') && (
              <TextInput
                ref={search}
                type="search"
                className={styles.search}
                aria-label={t('projects.search')}
                placeholder={t('projects.search')}
                maxLength={200}
                value={written}
                onChange={write}
              />
            )}
            <IconButton
              icon="archive"
              label={t('projects.archive.look')}
              hotkey="a"
              aria-pressed={isArchive}
              onClick={() => look(!isArchive)}
            />
            <Button icon="plus" weight="first" onClick={() => setStart('empty')}>
              {t('projects.new')}
            </Button>
          </>
        }
      />
      {projects.isPending && <Wait />}
      {projects.error && (
        <div className={styles.note}>
          <Problem error={projects.error} onRetry={() => void projects.refetch()} />
        </div>
      )}
      {isBare && named === '' && isArchive && (
        <EmptyState
          icon="archive"
          title={t('projects.archive.none')}
          more={t('projects.archive.none.more')}
        />
      )}
      {isBare && named === '' && !isArchive && (
        <Begin onStart={setStart} onMade={(id) => go(`/projects/${id}`)} />
      )}
      {isBare && named !== '' && (
        <EmptyState icon="projects" title={t('projects.search.none')} more={t('projects.search.none.more')} />
      )}
      {shown !== undefined && shown.length > 0 && (
        <ul className={styles.grid}>
          {shown.map((project) => (
            <ProjectCard
              key={project.id}
              project={project}
              onArchive={() => put(project)}
              onDelete={() =>
                deleteLater(project.id, t('projects.deleted', { name: project.name }), () =>
                  remove(project.id),
                )
              }
            />
          ))}
        </ul>
      )}
      {projects.hasNextPage && (
        <More isBusy={projects.isFetchingNextPage} onMore={() => void projects.fetchNextPage()} />
      )}
      <NewProject start={start} onClose={() => setStart(null)} onMade={(id) => go(`/projects/${id}`)} />
    </>
  )
}

/** Puts a project into the archive, or brings it back; either can be undone. */
function usePutAway(): (project: Project) => void {
  const { t } = useWords()
  const tell = useTellProblem()
  const { mutate } = useArchive()
  return ({ id, name, archived_at: before }) => {
    const put = (isArchived: boolean, onSuccess?: () => void) =>
      mutate({ id, isArchived }, { onError: tell, onSuccess: () => onSuccess?.() })
    const isArchived = before === null
    put(isArchived, () =>
      notify({
        title: t(isArchived ? 'projects.archived' : 'projects.brought', { name }),
        act: { label: t('common.undo'), run: () => put(!isArchived) },
      }),
    )
  }
}

/** Asks for more when it comes into view, or is pressed. */
function More({ isBusy, onMore }: { isBusy: boolean; onMore(): void }) {
  const { t } = useWords()
  const place = useRef<HTMLDivElement>(null)
  const latest = useRef({ isBusy, onMore })
  latest.current = { isBusy, onMore }
  useEffect(() => {
    if (isBusy || place.current === null) return
    const watching = new IntersectionObserver(
      ([seen]) => seen?.isIntersecting && !latest.current.isBusy && latest.current.onMore(),
      { rootMargin: '400px' },
    )
    watching.observe(place.current)
    return () => watching.disconnect()
  }, [isBusy])
  return (
    <div ref={place} className={styles.further}>
      <Button isBusy={isBusy} onClick={onMore}>
        {t('projects.further')}
      </Button>
    </div>
  )
}

/** A value once it rests. */
function useRested(value: string): string {
  const [rested, setRested] = useState(value)
  useEffect(() => {
    const later = setTimeout(() => setRested(value), REST)
    return () => clearTimeout(later)
  }, [value])
  return rested
}
