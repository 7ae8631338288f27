/** The keeper of a project's brief: one for each project in this tab, so that what is not kept yet outlives the place. */
import { type QueryClient, useQueryClient } from '@tanstack/react-query'
import { useEffect, useState, useSyncExternalStore } from 'react'
import { get, patch } from '../../api/client'
import { KEYS } from '../../api/keys'
import type { Language, Project, ProjectWhole } from '../../api/types'
import { hold, recall } from '../../api/unsent'
import { languageOf } from '../projects/NewProject'
import { BriefKeeper, type Held, seenOf } from './brief'

const keepers = new Map<string, BriefKeeper>()

export function useBrief(project: ProjectWhole, language: Language): [BriefKeeper, Held] {
  const client = useQueryClient()
  const [keeper] = useState(() => keeperOf(project, client, language))
  useEffect(() => keeper.see(seenOf(project)), [keeper, project])
  useEffect(() => {
    const warn = (event: BeforeUnloadEvent) => {
      if (keeper.held.standing !== 'kept') event.preventDefault()
    }
    addEventListener('beforeunload', warn)
    return () => {
      removeEventListener('beforeunload', warn)
      keeper.hurry()
    }
  }, [keeper])
  return [keeper, useSyncExternalStore(keeper.watch, () => keeper.held)]
}

function keeperOf(project: ProjectWhole, client: QueryClient, otherwise: Language): BriefKeeper {
  const known = keepers.get(project.id)
  if (known !== undefined) return known
  const path = `/projects/${project.id}`
  const name = `brief ${project.id}`
  const server = {
    change: async (text: string, version: number) => {
      const brief = { text, language: languageOf(text, otherwise) }
      const told = await patch<Project>(path, { brief, version })
      client.setQueryData<ProjectWhole>(KEYS.project(project.id), (whole) => whole && { ...whole, ...told })
      return seenOf(told)
    },
    look: async () => seenOf(await get<ProjectWhole>(path)),
  }
  const made = new BriefKeeper(seenOf(project), server, {
    recall: () => recall(name),
    hold: (unsent) => hold(name, unsent),
  })
  keepers.set(project.id, made)
  return made
}
