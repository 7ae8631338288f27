import type { Model } from '../../api/types'

/** The model that a world is played with: one of those that were chosen, if it can be played, else any that can. */
export function playable(
  models: readonly Model[],
  ...chosen: (string | null | undefined)[]
): Model | undefined {
  const able = models.filter((model) => model.honours.includes('actions'))
  return able.find((model) => chosen.includes(model.name)) ?? able[0]
}
