/** What is asked for next: words, length, size, model, seed, how many; and what that would cost, before it is spent. */
import { type RefObject, useState } from 'react'
import { useEstimate, useMakeTakes, useModels } from '../../api/takes'
import type { ProjectWhole, Shot, ShotChange, TakeKind, TakesGiven } from '../../api/types'
import { Button } from '../../parts/Button'
import { Field, NumberInput, TextArea } from '../../parts/Field'
import { useHotkeys } from '../../parts/keys'
import { Segmented } from '../../parts/Segmented'
import { Select } from '../../parts/Select'
import { useWords } from '../../words/words'
import { modelChoices, sizeChoices, sizeNamed } from '../common/choices'
import { useEditShot } from '../common/edit'
import { usualSeconds } from '../common/jobs'
import { useKept } from '../common/kept'
import { atField, Problem } from '../common/Problem'
import styles from './Composer.module.css'
import { composed } from './composing'

interface ComposerProps {
  project: ProjectWhole
  shot: Shot
  field: RefObject<HTMLTextAreaElement | null>
  onMade(takeId: string): void
}

interface Wanted {
  kind: TakeKind
  count: number
  /** null: one is drawn for each. */
  seed: number | null
}

const COUNTS = ['1', '2', '3', '4', '6', '8'] as const
const KINDS: TakeKind[] = ['still', 'draft', 'master']

export function Composer({ project, shot, field, onMade }: ComposerProps) {
  const { t, number, length } = useWords()
  const models = useModels().data ?? []
  const edit = useEditShot(project.id)
  const makeTakes = useMakeTakes(project.id)
  const words = useKept(shot.prompt, (told) => keep({ prompt: told }))
  const prompt = words.value
  const lasting = useKept(shot.duration_seconds, (seconds) =>
    keep({ duration_seconds: seconds !== null && seconds > 0 ? seconds : null }),
  )
  const [wanted, setWanted] = useState<Wanted>({ kind: 'draft', count: 1, seed: null })

  const keep = (change: ShotChange) => void edit(shot, change)
  const compose = (part: Parameters<typeof composed>[1]) => keep({ composer: composed(shot, part) })
  const model = models.find((one) => one.name === (shot.composer?.model ?? project.model)) ?? models[0]
  const size = shot.composer?.canvas
  const canMake = prompt.trim() !== ''
  const given: TakesGiven = { kind: wanted.kind, count: wanted.count, seed: wanted.seed ?? 'new' }
  const estimate = useEstimate(shot, canMake && !words.isAhead && !lasting.isAhead ? given : null).data
  const obstacle = estimate?.obstacles[0]
  const cost = estimate?.cost ?? null
  const usual = usualSeconds(
    project.shots.flatMap((one) => one.takes),
    wanted.kind,
  )

  const make = async () => {
    if (!canMake || makeTakes.isPending) return
    if (words.isAhead) await edit(shot, { prompt })
    if (lasting.isAhead) await edit(shot, { duration_seconds: lasting.value })
    makeTakes.mutate({ shotId: shot.id, given }, { onSuccess: ([first]) => first && onMade(first.id) })
  }
  useHotkeys(t('shot.composer'), [
    { keys: 'Mod+Enter', label: t('shot.make'), run: () => void make(), whileWriting: true, isOff: !canMake },
  ])
  const refused = makeTakes.error
  const wrong = atField(refused, 'canvas.prompt', 'prompt')
  return (
    <section className={styles.composer} aria-label={t('shot.composer')}>
      <div className={styles.words}>
        <Field label={t('film.prompt')} wrong={wrong}>
          <TextArea
            ref={field}
            className={styles.prompt}
            rows={2}
            value={prompt}
            onChange={words.write}
            placeholder={t('project.prompt.empty')}
            maxLength={4000}
          />
        </Field>
      </div>
      <div className={styles.settings}>
        <Field label={t('film.duration')} wrong={atField(refused, 'canvas.duration_seconds')}>
          <NumberInput
            value={lasting.value}
            min={0.1}
            max={600}
            step={0.5}
            placeholder={model?.default_seconds ? String(model.default_seconds) : ''}
            disabled={wanted.kind === 'still'}
            onChange={lasting.write}
          />
        </Field>
        <Field label={t('film.size')} wrong={atField(refused, 'canvas.width', 'canvas.height', 'canvas')}>
          <Select
            value={size?.width && size.height ? sizeNamed(size.width, size.height) : null}
            choices={sizeChoices(model, number)}
            empty={t('shot.size.project')}
            onChange={(name) => {
              const [width = null, height = null] = name?.split('x').map(Number) ?? []
              compose({ width, height })
            }}
          />
        </Field>
        <Field label={t('film.model')} wrong={atField(refused, 'model')}>
          <Select
            value={shot.composer?.model ?? null}
            choices={modelChoices(models)}
            empty={t('shot.model.project')}
            onChange={(name) => compose({ model: name })}
          />
        </Field>
        <Field label={t('film.seed')} wrong={atField(refused, 'seed', 'canvas.seed')}>
          <NumberInput
            value={wanted.seed}
            min={0}
            step={1}
            placeholder={t('shot.seed.drawn')}
            onChange={(seed) => setWanted({ ...wanted, seed: seed === null ? null : Math.trunc(seed) })}
          />
        </Field>
      </div>
      <div className={styles.make}>
        <Segmented
          label={t('shot.kind')}
          value={wanted.kind}
          onChange={(kind) => setWanted({ ...wanted, kind })}
          segments={KINDS.map((kind) => ({ value: kind, label: t(`film.kind.${kind}`) }))}
        />
        <div className={styles.go}>
          <Select
            label={t('shot.count')}
            value={String(wanted.count)}
            choices={COUNTS.map((count) => ({ value: count, label: `× ${number(Number(count))}` }))}
            onChange={(count) => setWanted({ ...wanted, count: Number(count ?? 1) })}
          />
          <Button
            weight="first"
            icon={wanted.kind}
            isBusy={makeTakes.isPending}
            disabled={!canMake || estimate?.is_possible === false}
            onClick={() => void make()}
          >
            {t('shot.make')}
          </Button>
        </div>
        <p className={styles.cost} data-wrong={obstacle !== undefined || undefined} role="status">
          {obstacle ? (
            <bdi lang="en">{obstacle.message}</bdi>
          ) : (
            [
              cost === null ? null : t('film.credits', { cost }),
              usual === null ? null : t('shot.usual', { time: length(usual) }),
            ]
              .filter(Boolean)
              .join(' · ')
          )}
        </p>
      </div>
      {refused && !wrong && (
        <div className={styles.problem}>
          <Problem error={refused} />
        </div>
      )}
    </section>
  )
}
