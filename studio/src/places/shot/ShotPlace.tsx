/** A shot: its takes, the one that is looked at, where it comes from, and the composer that makes more. */
import { useParams } from 'wouter'
import { ApiError } from '../../api/errors'
import { useProject } from '../../api/projects'
import { Nowhere } from '../common/Nowhere'
import { Problem } from '../common/Problem'
import { Wait } from '../common/Wait'
import { ShotOpen } from './ShotOpen'

export function ShotPlace() {
  const { project: projectId = '', shot: shotId = '' } = useParams()
  const project = useProject(projectId)
  const shot = project.data?.shots.find((one) => one.id === shotId)
  if (project.data !== undefined && shot !== undefined) {
    return <ShotOpen key={shot.id} project={project.data} shot={shot} />
  }
  const isGone =
    project.data !== undefined || (project.error instanceof ApiError && project.error.status === 404)
  if (isGone) return <Nowhere />
  if (project.error) return <Problem error={project.error} onRetry={() => void project.refetch()} />
  return <Wait />
}
