/** Changing a shot as two people may: what somebody else changed meanwhile is not overwritten without a word. */
import { ApiError } from '../../api/errors'
import { useChangeShot } from '../../api/projects'
import type { Shot, ShotChange } from '../../api/types'
import { notify } from '../../parts/Toast'
import { useWords } from '../../words/words'
import { useTellProblem } from './Problem'

const WORDS = ['title', 'prompt', 'line', 'notes'] as const satisfies (keyof ShotChange)[]

export function useEditShot(projectId: string): (shot: Shot, change: ShotChange) => Promise<void> {
  const { t } = useWords()
  const tell = useTellProblem()
  const { mutateAsync } = useChangeShot(projectId)
  const send = async (id: string, change: ShotChange) => {
    try {
      await mutateAsync({ id, change })
    } catch (error) {
      if (change.version === undefined || !(error instanceof ApiError) || error.code !== 'conflict') {
        return tell(error)
      }
      const { version: _, ...mine } = change
      notify({
        title: t('errors.conflict'),
        more: t('errors.conflict.mine'),
        isGrave: true,
        act: { label: t('errors.conflict.keep'), run: () => void send(id, mine) },
      })
    }
  }
  return (shot, change) =>
    send(shot.id, WORDS.some((name) => name in change) ? { ...change, version: shot.version } : change)
}
