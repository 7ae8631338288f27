/** Changing a shot as two people may: what somebody else changed meanwhile is not overwritten without a word. */
import { useQueryClient } from '@tanstack/react-query'
import { useEffect } from 'react'
import { ApiError } from '../../api/errors'
import { KEYS } from '../../api/keys'
import { useChangeShot } from '../../api/projects'
import type { ProjectWhole, Shot, ShotChange } from '../../api/types'
import { hold, recall } from '../../api/unsent'
import { notify } from '../../parts/Toast'
import { useWords } from '../../words/words'
import { useTellProblem } from './Problem'

const UNTIL_DISMISSED = 0
const WORDS = ['title', 'prompt', 'line', 'notes'] as const satisfies (keyof ShotChange)[]

type Words = Partial<Pick<Shot, (typeof WORDS)[number]>>

/** What was changed, in which version of the shot. */
interface Unsent {
  id: string
  change: ShotChange
  begun: Words
  version: number
}

/** By project: what is on its way, and what is still being written. Both outlive the tab. */
const onTheirWay = new Map<string, Set<Unsent>>()
const inTheMaking = new Map<string, Unsent>()

/** Words of a shot while they are written, which are told once a person is done; null: none are. */
export function keepWriting(shot: Shot, change: ShotChange | null, begun: Words): void {
  const { id, project_id, version } = shot
  if (change !== null) inTheMaking.set(project_id, { id, change, begun, version })
  else if (!inTheMaking.delete(project_id)) return
  underWay(project_id, () => undefined)
}

/** `begun`: the words that stood there when a person began to write others. */
export function useEditShot(
  projectId: string,
): (shot: Shot, change: ShotChange, begun?: Words) => Promise<void> {
  const client = useQueryClient()
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
  const edit = async (shot: Shot, change: ShotChange, begun: Words = {}) => {
    if (isContested(shot, change, begun)) return contest(shot.id, change)
    const sent = { id: shot.id, change, begun, version: shot.version }
    underWay(projectId, (changes) => changes.add(sent))
    await send(shot.id, WORDS.some((name) => name in change) ? { ...change, version: shot.version } : change)
    underWay(projectId, (changes) => changes.delete(sent))
  }
  useEffect(() => {
    if (onTheirWay.has(projectId)) return
    const left = recall<{ changes: Unsent[] }>(nameOf(projectId))?.changes ?? []
    const shots = client.getQueryData<ProjectWhole>(KEYS.project(projectId))?.shots ?? []
    underWay(projectId, () => undefined)
    for (const { id, change, begun, version } of left) {
      const shot = shots.find((one) => one.id === id)
      if (shot === undefined) continue
      const isOld = shot.version !== version && !WORDS.some((name) => name in change)
      void (isOld ? contest(id, change) : edit(shot, change, begun))
    }
  })
  return edit
}

function underWay(projectId: string, act: (changes: Set<Unsent>) => void): void {
  const changes = onTheirWay.get(projectId) ?? new Set<Unsent>()
  onTheirWay.set(projectId, changes)
  act(changes)
  const writing = inTheMaking.get(projectId)
  const all = writing === undefined ? [...changes] : [...changes, writing]
  hold(nameOf(projectId), all.length === 0 ? null : { changes: all })
}

function nameOf(projectId: string): string {
  return `shots ${projectId}`
}

/** Whether somebody else wrote something else while a person wrote. */
export function isContested(shot: Pick<Shot, keyof Words>, change: ShotChange, begun: Words): boolean {
  return WORDS.some(
    (name) => begun[name] !== undefined && begun[name] !== shot[name] && change[name] !== shot[name],
  )
}
