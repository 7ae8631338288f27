import { useEffect, useRef, useState } from 'react'
import { useLocation } from 'wouter'
import { useChangeShot } from '../../api/projects'
import { useSteer } from '../../api/queue'
import type { Model, ProjectWhole, Shot } from '../../api/types'
import { expectedSeconds } from '../../composer/draft/expected'
import { Button, IconButton } from '../../parts/Button'
import { useHotkeys } from '../../parts/keys'
import { Segmented } from '../../parts/Segmented'
import { Select } from '../../parts/Select'
import { useWords } from '../../words/words'
import { Head } from '../common/Head'
import { isUnderWay, takesOf } from '../common/jobs'
import { useTellProblem } from '../common/Problem'
import { Making } from './Making'
import { Pad, wordOf } from './Pad'
import styles from './PlayOpen.module.css'
import { Screen } from './Screen'
import { Strip } from './Strip'
import { actionOf, KEYS } from './signs'
import { ACTIONS } from './turn'
import { usePlay } from './usePlay'
import { useTurn } from './useTurn'

interface PlayOpenProps {
  project: ProjectWhole
  shot: Shot
  model: Model
}

const LENGTHS = [1, 2, 3] as const
const WORDS = 'words'
const USUAL_RATE = 12

export function PlayOpen({ project, shot, model }: PlayOpenProps) {
  const { t, named, length } = useWords()
  const [, go] = useLocation()
  const tell = useTellProblem()
  const change = useChangeShot(project.id)
  const steer = useSteer()
  const [seconds, setSeconds] = useState<number>(2)
  const play = usePlay(project, shot, model)
  const { take } = play
  const isMaking = play.isAsking || (play.isPlayed && take !== null && isUnderWay(take.job))
  const hasFailed = play.isPlayed && take !== null && !isMaking && take.job.state !== 'succeeded'
  const isWordless = take === null && shot.prompt.trim() === ''
  const frameRate = model.frame_rate ?? USUAL_RATE
  const count = Math.round(seconds * frameRate)
  const turn = useTurn({ count, frameRate, isOff: isMaking || hasFailed || isWordless, onDone: play.send })
  const isRecording = turn.frames !== null
  const starts = shot.takes.filter((one) => one.job.state === 'succeeded').reverse()
  const canKeep = play.isPlayed && take?.job.state === 'succeeded'
  const keep = () =>
    take &&
    change.mutate(
      { id: shot.id, change: { chosen_take_id: shot.chosen_take_id === take.id ? null : take.id } },
      { onError: tell },
    )
  const path = `/projects/${project.id}/shots/${shot.id}`
  const released = useRef(turn.release)
  released.current = turn.release

  useEffect(() => {
    const up = (event: KeyboardEvent) => {
      const action = actionOf(event)
      if (action !== null) released.current(action)
    }
    const leave = () => {
      for (const action of ACTIONS) released.current(action)
    }
    window.addEventListener('keyup', up)
    window.addEventListener('blur', leave)
    return () => {
      window.removeEventListener('keyup', up)
      window.removeEventListener('blur', leave)
    }
  }, [])
  useHotkeys(t('play.title'), [
    ...ACTIONS.map((action) => ({
      keys: KEYS[action],
      label: named('play.action', wordOf(action)),
      run: () => turn.press(action),
    })),
    {
      keys: 'Backspace',
      label: t('play.back'),
      run: play.back,
      isOff: play.turns === 0 || isMaking || isRecording,
    },
    { keys: 'c', label: t('shot.choose'), run: keep, isOff: !canKeep },
    { keys: 'Escape', label: t('play.leave'), run: () => go(path) },
  ])

  const name = t('film.shot', { number: shot.number })
  return (
    <div className={styles.place}>
      <Head
        title={`${t('play.title')} · ${name}`}
        back={{ path, label: name }}
        acts={
          <>
            <IconButton
              icon="undo"
              label={t('play.back')}
              hotkey="Backspace"
              disabled={play.turns === 0 || isMaking || isRecording}
              onClick={play.back}
            />
            <Button
              icon="star"
              disabled={!canKeep}
              aria-pressed={canKeep && shot.chosen_take_id === take?.id}
              onClick={keep}
            >
              {t('shot.choose')}
            </Button>
          </>
        }
      >
        <h1 className={styles.title}>
          {t('play.title')} · <bdi>{shot.title || shot.prompt || name}</bdi>
        </h1>
        <p className={styles.facts}>{t('play.turns', { count: play.turns })}</p>
      </Head>
      <div className={styles.stage}>
        <Screen
          seen={play.seen}
          coming={play.isPlayed && isMaking ? take : null}
          turnSeconds={play.asked.length / frameRate}
          isStill={play.turns === 0}
          words={shot.prompt}
        />
        {isMaking && (
          <Making
            take={play.isPlayed ? take : null}
            seconds={play.asked.length / frameRate}
            usual={expectedSeconds(takesOf(project), {
              kind: 'draft',
              model: model.name,
              width: null,
              height: null,
              seconds: play.asked.length / frameRate,
            })}
            onCancel={take && play.isPlayed ? () => steer.mutate({ id: take.id, act: 'cancel' }) : null}
          />
        )}
        {hasFailed && (
          <div className={styles.failed} role="alert">
            {named('film.job', take.job.state)}
            <Button icon="undo" isSmall onClick={play.back}>
              {t('play.back')}
            </Button>
          </div>
        )}
      </div>
      <div className={styles.desk}>
        <p className={styles.now} role="status">
          {isRecording
            ? t('play.recording')
            : isMaking
              ? t('play.wait')
              : t(play.turns === 0 ? 'play.begin' : 'play.on', { time: length(seconds) })}
        </p>
        <Strip
          count={isRecording || play.asked.length === 0 ? count : play.asked.length}
          frames={turn.frames ?? play.asked}
          isRecording={isRecording}
        />
        <div className={styles.choices}>
          <Pad turn={turn} isOff={isMaking || hasFailed || isWordless} />
          <div className={styles.settings}>
            <span className={styles.named}>{t('play.length')}</span>
            <Segmented
              label={t('play.length')}
              value={String(seconds)}
              segments={LENGTHS.map((one) => ({
                value: String(one),
                label: length(one),
                isOff: isRecording,
              }))}
              onChange={(value) => setSeconds(Number(value))}
            />
            <span className={styles.named}>{t('play.start')}</span>
            <Select
              label={t('play.start')}
              value={take && !play.isPlayed ? take.id : play.turns > 0 ? null : WORDS}
              empty={t('play.start.again')}
              isOff={isMaking || isRecording}
              choices={[
                { value: WORDS, label: t('play.start.words'), isOff: shot.prompt.trim() === '' },
                ...starts.map((one) => ({
                  value: one.id,
                  label: t('play.start.take', { take: t('film.take', { number: one.number }) }),
                })),
              ]}
              onChange={(value) => play.startFrom(value === WORDS ? null : value)}
            />
          </div>
        </div>
        <p className={styles.honest}>{t('play.honest')}</p>
      </div>
    </div>
  )
}
