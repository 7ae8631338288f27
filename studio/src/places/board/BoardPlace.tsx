/** The board of a project: an endless plane where pictures, clips, notes and shots lie as they were left. */
import { useParams } from 'wouter'
import { ApiError } from '../../api/errors'
import { useProject } from '../../api/projects'
import { Nowhere } from '../common/Nowhere'
import { Problem } from '../common/Problem'
import { Wait } from '../common/Wait'
import { BoardOpen } from './BoardOpen'
import { useBoard } from './useBoard'

export function BoardPlace() {
  const { project: id = '' } = useParams()
  const project = useProject(id)
  const board = useBoard(id)
  const error = project.error ?? board.error
  if (project.data !== undefined && board.isKnown) {
    return <BoardOpen key={id} project={project.data} board={board} />
  }
  if (error instanceof ApiError && error.status === 404) {
    return <Nowhere />
  }
  if (error) return <Problem error={error} onRetry={board.again} />
  return <Wait />
}
