/** Changing a shot as two people may: what somebody else changed meanwhile is not overwritten without a word. */
import { ApiError } from '../../api/errors'
import { useChangeShot } from '../../api/projects'
import type { Shot, ShotChange } from '../../api/types'
import { notify } from '../../parts/Toast'
import { useWords } from '../../words/words'
import { useTellProblem } from './Problem'

const UNTIL_DISMISSED = 0
const WORDS = ['title', 'prompt', 'line', 'notes'] as const satisfies (keyof ShotChange)[]

type Words = Partial<Pick<Shot, (typeof WORDS)[number]>>

/** `begun`: the words that stood there when a person began to write others. */
export function useEditShot(
  projectId: string,
): (shot: Shot, change: ShotChange, begun?: Words) => Promise<void> {
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
      contest(id, mine)
    }
  }
  const contest = (id: string, mine: ShotChange) =>
    notify({
      title: t('errors.conflict'),
      more: t('errors.conflict.mine'),
      isGrave: true,
      forMs: UNTIL_DISMISSED,
      act: { label: t('errors.conflict.keep'), run: () => void send(id, mine) },
    })
  return async (shot, change, begun = {}) => {
    if (isContested(shot, change, begun)) return contest(shot.id, change)
    return send(shot.id, WORDS.some((name) => name in change) ? { ...change, version: shot.version } : change)
  }
}

/** Whether somebody else wrote something else while a person wrote. */
export function isContested(shot: Pick<Shot, keyof Words>, change: ShotChange, begun: Words): boolean {
  return WORDS.some(
    (name) => begun[name] !== undefined && begun[name] !== shot[name] && change[name] !== shot[name],
  )
}
