/** What the film is about, in a person's own words; and what is made of it unless a shot says otherwise. */
import { type RefObject, useState } from 'react'
import { useChangeProject, usePlan } from '../../api/projects'
import { useModels } from '../../api/takes'
import type { ProjectWhole } from '../../api/types'
import { Button } from '../../parts/Button'
import { Field, TextArea } from '../../parts/Field'
import { Icon } from '../../parts/Icon'
import { useHotkeys } from '../../parts/keys'
import { Select } from '../../parts/Select'
import { notify } from '../../parts/Toast'
import { useWords } from '../../words/words'
import { modelChoices, sizeChoices, sizeNamed } from '../common/choices'
import { atField, Problem, useTellProblem } from '../common/Problem'
import { languageOf } from '../projects/NewProject'
import { BriefNote } from './BriefNote'
import styles from './BriefPanel.module.css'
import { useBrief } from './useBrief'

interface BriefPanelProps {
  project: ProjectWhole
  field: RefObject<HTMLTextAreaElement | null>
}

export function BriefPanel({ project, field }: BriefPanelProps) {
  const words = useWords()
  const { t, language } = words
  const plan = usePlan(project.id)
  const [keeper, { text, standing, error }] = useBrief(project, language)
  const cannotPlan = text.trim() === '' || standing === 'contested'
  const hasShots = project.shots.length > 0
  const [isFolded, setFolded] = useState(hasShots)
  const make = () => {
    if (cannotPlan) return
    plan.mutate(
      { text, language: languageOf(text, language) },
      {
        onSuccess: (told) =>
          notify({ title: t('project.planned', { count: told.shots.length - project.shots.length }) }),
      },
    )
  }
  useHotkeys(t('project.brief'), [
    {
      keys: 'Mod+Enter',
      label: t('project.plan'),
      run: make,
      whileWriting: true,
      within: field,
      isOff: cannotPlan,
    },
  ])
  return (
    <section className={styles.panel} aria-label={t('project.brief')} data-folded={isFolded || undefined}>
      <button
        type="button"
        className={styles.fold}
        aria-expanded={!isFolded}
        onClick={() => setFolded(!isFolded)}
      >
        {t('project.brief')}
        <Icon name={isFolded ? 'down' : 'up'} />
      </button>
      <Field
        label={t('project.brief')}
        hint={t('project.brief.hint')}
        wrong={atField(words, plan.error, 'text') ?? atField(words, error, 'brief')}
      >
        <TextArea
          ref={field}
          className={styles.brief}
          value={text}
          onChange={keeper.write}
          placeholder={t('projects.brief.example')}
          maxLength={20_000}
        />
      </Field>
      <BriefNote
        standing={standing}
        onMine={() => keeper.settle('mine')}
        onTheirs={() => keeper.settle('theirs')}
      />
      <Button
        icon="plan"
        weight={hasShots ? 'plain' : 'first'}
        isBusy={plan.isPending}
        disabled={cannotPlan}
        onClick={make}
      >
        {t(hasShots ? 'project.plan.more' : 'project.plan')}
      </Button>
      {atField(words, plan.error, 'text') === undefined && <Problem error={plan.error} />}
      {standing === 'refused' && atField(words, error, 'brief') === undefined && <Problem error={error} />}
      <Making project={project} />
    </section>
  )
}

function Making({ project }: { project: ProjectWhole }) {
  const words = useWords()
  const { t, number } = words
  const models = useModels().data ?? []
  const change = useChangeProject(project.id)
  const tell = useTellProblem()
  const model = models.find((one) => one.name === project.model) ?? models[0]
  const size = project.width && project.height ? sizeNamed(project.width, project.height) : null
  return (
    <div className={styles.making}>
      <Field label={t('film.model')}>
        <Select
          value={project.model}
          choices={modelChoices(models, words)}
          empty={models[0] ? t('project.model.usual', { name: models[0].name }) : t('common.none')}
          onChange={(name) => change.mutate({ model: name }, { onError: tell })}
        />
      </Field>
      <Field label={t('film.size')}>
        <Select
          value={size}
          choices={sizeChoices(model, number)}
          empty={t('project.size.usual')}
          onChange={(name) => {
            const [width = null, height = null] = name?.split('x').map(Number) ?? []
            change.mutate({ width, height }, { onError: tell })
          }}
        />
      </Field>
    </div>
  )
}
