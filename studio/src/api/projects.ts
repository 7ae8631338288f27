/** Projects and their shots. */
import {
  type QueryClient,
  useInfiniteQuery,
  useMutation,
  useQuery,
  useQueryClient,
} from '@tanstack/react-query'
import { get, patch, persistently, post, query, remove } from './client'
import { KEYS } from './keys'
import type {
  Brief,
  Page,
  Project,
  ProjectChange,
  ProjectGiven,
  ProjectWhole,
  Shot,
  ShotChange,
  ShotGiven,
} from './types'

const PAGE = 48

/** Projects with something in their names, the one that was changed last first; more of them as they are asked for. */
export function useProjects(named = '', isArchived = false) {
  return useInfiniteQuery({
    queryKey: KEYS.projectsOf(named, isArchived),
    queryFn: ({ signal, pageParam: after }) =>
      get<Page<Project>>(
        `/projects${query({ limit: PAGE, after, named: named || null, is_archived: isArchived || null })}`,
        signal,
      ),
    initialPageParam: null as string | null,
    getNextPageParam: (page) => page.next,
    select: ({ pages }) => once(pages.flatMap((page) => page.items)),
    // the archive's do not stand in the place of others while these come
    placeholderData: (before, query) => (query?.queryKey[1] === isArchived ? before : undefined),
  })
}

/** Each once: what is changed between two pages moves to the front, and stands in both. */
export function once<Item extends { id: string }>(items: readonly Item[]): Item[] {
  const found = new Map<string, Item>()
  for (const item of items) if (!found.has(item.id)) found.set(item.id, item)
  return [...found.values()]
}

export function useProject(id: string) {
  return useQuery({
    queryKey: KEYS.project(id),
    queryFn: ({ signal }) => get<ProjectWhole>(`/projects/${id}`, signal),
  })
}

export function useMakeProject() {
  const client = useQueryClient()
  return useMutation({
    mutationFn: (given: ProjectGiven) => post<ProjectWhole>('/projects', given),
    onSettled: () => client.invalidateQueries({ queryKey: KEYS.projects }),
  })
}

/** A project of a brief, planned at once. */
export function useBegin() {
  const client = useQueryClient()
  return useMutation({
    mutationFn: async (given: ProjectGiven) => {
      const { id } = await post<ProjectWhole>('/projects', given)
      return post<ProjectWhole>(`/projects/${id}/plan`)
    },
    onSettled: () => client.invalidateQueries({ queryKey: KEYS.projects }),
  })
}

export function useChangeProject(id: string) {
  const client = useQueryClient()
  return useMutation({
    mutationFn: (change: ProjectChange) => patch<Project>(`/projects/${id}`, change),
    onMutate: ({ name, width, height, model }) =>
      edit(client, id, (project) => ({
        ...project,
        ...(name && { name }),
        ...(width !== undefined && { width }),
        ...(height !== undefined && { height }),
        ...(model !== undefined && { model }),
      })),
    onSettled: () => settle(client, id),
  })
}

/** Into the archive, or back. */
export function useArchive() {
  const client = useQueryClient()
  return useMutation({
    mutationFn: ({ id, isArchived }: { id: string; isArchived: boolean }) =>
      patch<Project>(`/projects/${id}`, { is_archived: isArchived }),
    onSettled: (_, __, { id }) => settle(client, id),
  })
}

export function useDeleteProject() {
  const client = useQueryClient()
  return useMutation({
    mutationFn: (id: string) => remove(`/projects/${id}`),
    onSettled: () => client.invalidateQueries({ queryKey: KEYS.projects }),
  })
}

export function usePlan(id: string) {
  const client = useQueryClient()
  return useMutation({
    mutationFn: (brief: Brief) => post<ProjectWhole>(`/projects/${id}/plan`, brief),
    onSuccess: (project) => client.setQueryData(KEYS.project(id), project),
    onSettled: () => settle(client, id),
  })
}

export function useAddShot(projectId: string) {
  const client = useQueryClient()
  return useMutation({
    mutationFn: (given: ShotGiven) => post<Shot>(`/projects/${projectId}/shots`, given),
    onSettled: () => settle(client, projectId),
  })
}

export function useChangeShot(projectId: string) {
  const client = useQueryClient()
  return useMutation({
    // one after the other, so that the last words that were written are the last that are kept
    scope: { id: `shots ${projectId}` },
    mutationFn: ({ id, change }: { id: string; change: ShotChange }) =>
      persistently(() => changeShot(id, change), Infinity),
    onMutate: ({ id, change }) => {
      return editShots(client, projectId, (shots) =>
        shots.map((shot) => (shot.id === id ? changed(shot, change) : shot)),
      )
    },
    onSettled: () => settle(client, projectId),
  })
}

export function useMoveShot(projectId: string) {
  const client = useQueryClient()
  return useMutation({
    mutationFn: ({ id, before }: { id: string; before: string | null }) =>
      post<Shot>(`/shots/${id}/move`, { before }),
    onMutate: ({ id, before }) => editShots(client, projectId, (shots) => moved(shots, id, before)),
    onSettled: () => settle(client, projectId),
  })
}

export function useDeleteShot(projectId: string) {
  const client = useQueryClient()
  return useMutation({
    mutationFn: (id: string) => remove(`/shots/${id}`),
    onSettled: () => settle(client, projectId),
  })
}

/** What versions of shots became by changes of this tab alone: who thought of a change before them has missed nothing. */
const became = new Map<string, number>()

async function changeShot(id: string, { version, ...change }: ShotChange): Promise<Shot> {
  if (version === undefined || version === null) return patch<Shot>(`/shots/${id}`, change)
  let newest = version
  for (let next = became.get(`${id} ${newest}`); next; next = became.get(`${id} ${newest}`)) newest = next
  const told = await patch<Shot>(`/shots/${id}`, { ...change, version: newest })
  if (told.version === newest + 1) became.set(`${id} ${newest}`, told.version)
  return told
}

/** A shot as it will be told once a change is kept. */
export function changed(shot: Shot, change: ShotChange): Shot {
  const { version: _, title, prompt, line, notes, references, ...rest } = change
  const texts = { title, prompt, line, notes }
  const said = Object.entries(texts).filter(([, text]) => text !== undefined)
  return {
    ...shot,
    ...rest,
    ...Object.fromEntries(said.map(([name, text]) => [name, text ?? ''])),
    ...(references !== undefined && { references: references ?? [] }),
  }
}

/** The list with one of it put before another; null: at the end. */
export function moved<Item extends { id: string }>(items: Item[], id: string, before: string | null): Item[] {
  const one = items.find((item) => item.id === id)
  if (one === undefined || before === id) return items
  const others = items.filter((item) => item.id !== id)
  const at = before === null ? others.length : others.findIndex((item) => item.id === before)
  return at < 0 ? items : [...others.slice(0, at), one, ...others.slice(at)]
}

async function edit(
  client: QueryClient,
  id: string,
  change: (project: ProjectWhole) => ProjectWhole,
): Promise<void> {
  await client.cancelQueries({ queryKey: KEYS.project(id) })
  client.setQueryData<ProjectWhole>(KEYS.project(id), (project) => project && change(project))
}

function editShots(client: QueryClient, projectId: string, change: (shots: Shot[]) => Shot[]): Promise<void> {
  return edit(client, projectId, (project) => ({
    ...project,
    shots: change(project.shots).map((shot, index) => ({ ...shot, number: index + 1 })),
  }))
}

function settle(client: QueryClient, id: string): Promise<unknown> {
  return Promise.all([
    client.invalidateQueries({ queryKey: KEYS.project(id) }),
    client.invalidateQueries({ queryKey: KEYS.projects }),
  ])
}
