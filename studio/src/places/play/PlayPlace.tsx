/** A shot's world, played. */
import { useParams } from 'wouter'
import { ApiError } from '../../api/errors'
import { useProject } from '../../api/projects'
import { useModels } from '../../api/takes'
import { EmptyState } from '../../parts/EmptyState'
import { useWords } from '../../words/words'
import { Archived } from '../common/Archived'
import { Nowhere } from '../common/Nowhere'
import { Problem } from '../common/Problem'
import { Wait } from '../common/Wait'
import { PlayOpen } from './PlayOpen'
import { playable } from './playable'

export function PlayPlace() {
  const { t } = useWords()
  const { project: projectId = '', shot: shotId = '' } = useParams()
  const project = useProject(projectId)
  const models = useModels()
  const error = project.error ?? models.error
  if (project.data !== undefined && models.data !== undefined) {
    const shot = project.data.shots.find((one) => one.id === shotId)
    const model = playable(models.data, shot?.composer?.model, project.data.model)
    if (shot && project.data.archived_at !== null) return <Archived project={project.data} />
    if (shot && model) return <PlayOpen key={shot.id} project={project.data} shot={shot} model={model} />
    if (shot) return <EmptyState icon="world" title={t('play.none')} more={t('play.none.advice')} />
    return <Nowhere />
  }
  if (error instanceof ApiError && error.status === 404) {
    return <Nowhere />
  }
  return error ? <Problem error={error} onRetry={() => void project.refetch()} /> : <Wait />
}
