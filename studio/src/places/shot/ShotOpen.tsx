import { useRef, useState } from 'react'
import { useLocation } from 'wouter'
import { useModels } from '../../api/takes'
import type { ProjectWhole, Shot } from '../../api/types'
import { IconButton } from '../../parts/Button'
import { InPlace } from '../../parts/InPlace'
import { useHotkeys } from '../../parts/keys'
import { useWords } from '../../words/words'
import { Archived } from '../common/Archived'
import { keepWriting, useEditShot } from '../common/edit'
import { Head } from '../common/Head'
import { shapeOf } from '../common/jobs'
import { useHidden } from '../common/later'
import { ShotMark } from '../common/State'
import { Compare } from './Compare'
import { Composer } from './Composer'
import { useLooking } from './looking'
import { Provenance } from './Provenance'
import styles from './ShotOpen.module.css'
import { ShotTold } from './ShotTold'
import { Stage } from './Stage'
import { TakeActs } from './TakeActs'
import { TakeGrid } from './TakeGrid'
import { useTakeActs } from './useTakeActs'

export function ShotOpen({ project, shot }: { project: ProjectWhole; shot: Shot }) {
  const { t } = useWords()
  const [, go] = useLocation()
  const edit = useEditShot(project.id)
  const hidden = useHidden()
  const takes = shot.takes.filter((take) => !hidden.has(take.id))
  const looking = useLooking(shot, takes)
  const { take, other } = looking
  const acts = useTakeActs(project, shot, looking.look)
  const [tells, setTells] = useState(() => matchMedia('(min-width: 1200px)').matches)
  const prompt = useRef<HTMLTextAreaElement>(null)
  const models = useModels().data
  const isArchived = project.archived_at !== null
  const canPlay = !isArchived && (models?.some((model) => model.honours.includes('actions')) ?? false)
  const playPath = `/projects/${project.id}/shots/${shot.id}/play`
  const at = project.shots.findIndex((one) => one.id === shot.id)
  const goTo = (by: -1 | 1) => {
    const next = project.shots[at + by]
    if (next) go(`/projects/${project.id}/shots/${next.id}`)
  }
  const name = t('film.shot', { number: shot.number })

  useHotkeys(t('shot.title'), [
    { keys: '[', label: t('project.keys.previous'), run: () => goTo(-1), isOff: at <= 0 },
    { keys: ']', label: t('project.keys.next'), run: () => goTo(1), isOff: at >= project.shots.length - 1 },
    { keys: 'p', label: t('shot.keys.prompt'), run: () => prompt.current?.focus() },
    { keys: 'w', label: t('play.open'), run: () => go(playPath), isOff: !canPlay },
    { keys: 'i', label: t('shot.provenance'), run: () => setTells(!tells) },
    {
      keys: 'Escape',
      label: t('shot.leave'),
      run: () => go(`/projects/${project.id}`),
      isOff: other !== null,
    },
  ])
  return (
    <div className={styles.place} data-tells={tells || undefined}>
      <Head
        title={`${name} · ${project.name}`}
        back={{ path: `/projects/${project.id}`, label: project.name }}
        acts={
          <>
            <span className={styles.shots}>
              <IconButton
                icon="up"
                label={t('project.keys.previous')}
                hotkey="["
                disabled={at <= 0}
                onClick={() => goTo(-1)}
              />
              <IconButton
                icon="down"
                label={t('project.keys.next')}
                hotkey="]"
                disabled={at >= project.shots.length - 1}
                onClick={() => goTo(1)}
              />
            </span>
            {canPlay && (
              <IconButton icon="world" label={t('play.open')} hotkey="w" onClick={() => go(playPath)} />
            )}
            <IconButton
              icon="info"
              label={t('shot.provenance')}
              hotkey="i"
              aria-pressed={tells}
              onClick={() => setTells(!tells)}
            />
          </>
        }
      >
        <h1 className={styles.number}>{name}</h1>
        <div className={styles.title}>
          {isArchived ? (
            <bdi>{shot.title}</bdi>
          ) : (
            <InPlace
              value={shot.title}
              label={t('shot.name')}
              placeholder={t('shot.name')}
              maxLength={200}
              onDone={(title, begun) => void edit(shot, { title }, { title: begun })}
              onWrite={(title, begun) =>
                keepWriting(shot, title === null ? null : { title }, { title: begun })
              }
            />
          )}
        </div>
        <ShotMark shot={shot} />
      </Head>
      <TakeGrid shot={shot} takes={takes} shape={shapeOf(shot.takes, project)} looking={looking} />
      <div className={styles.stage}>
        {take !== null && other !== null ? (
          <Compare
            one={take}
            other={other}
            by={looking.by}
            onBy={looking.compareBy}
            onClose={looking.alone}
          />
        ) : (
          <Stage take={take} onCancel={acts.cancel} onRetry={isArchived ? undefined : acts.retry} />
        )}
        {take && <TakeActs {...{ project, take, shot, takes, acts, looking }} />}
      </div>
      {tells && <Provenance take={take} takes={takes} onLook={looking.look} />}
      <div className={styles.composer}>
        {isArchived ? (
          <>
            <Archived project={project} />
            <ShotTold shot={shot} />
          </>
        ) : (
          <Composer project={project} shot={shot} take={take} field={prompt} onMade={looking.look} />
        )}
      </div>
    </div>
  )
}
