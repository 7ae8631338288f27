/** Drafts of several shots that were refused: which shots they are because of, and why. */
import { ApiError, type RefusedPart } from '../../api/errors'
import type { Shot } from '../../api/types'
import { notify } from '../../parts/Toast'
import { textOf } from '../../words/refusals'
import { useWords, type Words } from '../../words/words'
import { useTellProblem } from '../common/Problem'

export function useTellRefused(): (error: unknown, shots: readonly Shot[]) => void {
  const words = useWords()
  const tell = useTellProblem()
  return (error, shots) => {
    if (!(error instanceof ApiError) || error.parts.length === 0) return tell(error)
    notify({
      title: words.t('project.draft.refused'),
      more: reasons(error.parts, shots, words).join('\n'),
      isGrave: true,
    })
  }
}

/** A line for each shot, as `Shot 2: …`. */
export function reasons(parts: readonly RefusedPart[], shots: readonly Shot[], words: Words): string[] {
  return parts.map((part) => {
    const number = shots.find((shot) => shot.id === part.id)?.number
    const why = textOf(part, words)
    return number === undefined
      ? why
      : words.t('project.draft.why', { shot: words.t('film.shot', { number }), why })
  })
}
