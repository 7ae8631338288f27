/** Takes of a shot: asking for them, what they would cost, and putting them away. */
import { keepPreviousData, useMutation, useQuery, useQueryClient } from '@tanstack/react-query'
import { freshKey, get, persistently, post, remove, send } from './client'
import { KEYS } from './keys'
import type { Estimate, Model, ProjectWhole, Shot, ShotTakesGiven, Take, TakesGiven } from './types'

export interface TakesAsked {
  shotId: string
  given: TakesGiven
}

export function useMakeTakes(projectId: string) {
  const client = useQueryClient()
  return useMutation({
    mutationFn: async ({ shotId, given }: TakesAsked) => {
      const asked = { body: given, idempotencyKey: freshKey() }
      const told = await persistently(() => send<{ items: Take[] }>('POST', `/shots/${shotId}/takes`, asked))
      return told.items
    },
    onSettled: () =>
      Promise.all([
        client.invalidateQueries({ queryKey: KEYS.project(projectId) }),
        client.invalidateQueries({ queryKey: KEYS.queue }),
      ]),
  })
}

/** Takes of several shots, by one request: all of them are accepted, or none. */
export function useMakeTakesOfShots(projectId: string) {
  const client = useQueryClient()
  return useMutation({
    mutationFn: (shots: readonly ShotTakesGiven[]) =>
      send<{ items: Take[] }>('POST', `/projects/${projectId}/takes`, {
        body: { shots },
        idempotencyKey: freshKey(),
      }),
    onSettled: () =>
      Promise.all([
        client.invalidateQueries({ queryKey: KEYS.project(projectId) }),
        client.invalidateQueries({ queryKey: KEYS.queue }),
      ]),
  })
}

export function useDeleteTake(projectId: string) {
  const client = useQueryClient()
  return useMutation({
    mutationFn: (id: string) => remove(`/jobs/${id}`),
    onSettled: () => client.invalidateQueries({ queryKey: KEYS.project(projectId) }),
  })
}

/** Whether takes could be made as they are asked for, and what they would cost together; nothing is made. */
export function useEstimate(shot: Shot, given: TakesGiven | null) {
  return useQuery({
    queryKey: KEYS.estimate(shot.id, shot.version, given),
    queryFn: () => post<Estimate>(`/shots/${shot.id}/estimate`, given),
    enabled: given !== null,
    placeholderData: keepPreviousData,
    staleTime: 60_000,
  })
}

/** The same of takes of several shots, together. */
export function useEstimateOfShots(project: ProjectWhole, given: readonly ShotTakesGiven[]) {
  const versions = project.shots.map((shot) => shot.version)
  return useQuery({
    queryKey: KEYS.estimate(project.id, project.version, [versions, given]),
    queryFn: () => post<Estimate>(`/projects/${project.id}/estimate`, { shots: given }),
    enabled: given.length > 0,
    placeholderData: keepPreviousData,
    staleTime: 60_000,
  })
}

export function useModels() {
  return useQuery({
    queryKey: KEYS.models,
    queryFn: ({ signal }) => get<{ items: Model[] }>('/models', signal),
    select: (told) => told.items,
    staleTime: 300_000,
  })
}
