/** What is done with a take: made again, made whole, chosen, put away. */
import { useChangeShot } from '../../api/projects'
import { useSteer } from '../../api/queue'
import { useDeleteTake, useMakeTakes } from '../../api/takes'
import type { ProjectWhole, Shot, Take, TakesGiven } from '../../api/types'
import { masterOf } from '../../composer/draft/canvas'
import { useWords } from '../../words/words'
import { useDeleteLater } from '../common/later'
import { useTellProblem } from '../common/Problem'

export type TakeActing = ReturnType<typeof useTakeActs>

export function useTakeActs(project: ProjectWhole, shot: Shot, onMade: (id: string) => void) {
  const { t } = useWords()
  const tell = useTellProblem()
  const makeTakes = useMakeTakes(project.id)
  const changeShot = useChangeShot(project.id)
  const steer = useSteer()
  const { mutateAsync: remove } = useDeleteTake(project.id)
  const deleteLater = useDeleteLater()
  const make = (given: TakesGiven) =>
    makeTakes.mutate(
      { shotId: shot.id, given },
      {
        onError: tell,
        onSuccess: ([first]) => first && onMade(first.id),
      },
    )
  return {
    isMaking: makeTakes.isPending,
    again: (take: Take, seed: 'same' | 'new') => make({ kind: take.kind, from_take_id: take.id, seed }),
    master: (take: Take) => make(masterOf(take)),
    choose: (take: Take) =>
      changeShot.mutate(
        { id: shot.id, change: { chosen_take_id: shot.chosen_take_id === take.id ? null : take.id } },
        { onError: tell },
      ),
    cancel: (take: Take) => steer.mutate({ id: take.id, act: 'cancel' }, { onError: tell }),
    retry: (take: Take) => steer.mutate({ id: take.id, act: 'retry' }, { onError: tell }),
    remove: (take: Take) =>
      deleteLater(take.id, t('shot.take.deleted', { number: take.number }), () => remove(take.id)),
  }
}
