/** Everything that runs or waits, and what a person does with it. */
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query'
import { get, post, query } from './client'
import { KEYS } from './keys'
import { moved } from './projects'
import type { Job, Page, Queue, Queued, Usage } from './types'

const LATELY = 10

export function useQueue(all: boolean) {
  return useQuery({
    queryKey: KEYS.lineOf(all),
    queryFn: ({ signal }) => get<Queue>(`/queue${query({ all: all || null })}`, signal),
  })
}

/** What lately ended so, whichever API it came by. */
export function useEnded(state: 'succeeded' | 'failed', all: boolean) {
  return useQuery({
    queryKey: KEYS.ended(state, all),
    queryFn: ({ signal }) =>
      get<Page<Queued>>(`/queue/ended${query({ state, all: all || null, limit: LATELY })}`, signal),
    select: (page) => page.items,
  })
}

export type Steering = 'cancel' | 'hold' | 'release' | 'retry'

/** Steering one's own jobs or, as an admin who says so, those of all. */
export function useSteer(all = false) {
  const client = useQueryClient()
  return useMutation({
    mutationFn: ({ id, act }: { id: string; act: Steering }) =>
      post<Job>(`/jobs/${id}/${act}${query({ all: all || null })}`),
    onSettled: () =>
      Promise.all([
        client.invalidateQueries({ queryKey: KEYS.queue }),
        client.invalidateQueries({ queryKey: KEYS.anyProject }),
      ]),
  })
}

export function useMoveJob(all = false) {
  const client = useQueryClient()
  return useMutation({
    mutationFn: ({ id, before }: { id: string; before: string | null }) =>
      post<Job>(`/jobs/${id}/move${query({ all: all || null })}`, { before }),
    onMutate: async ({ id, before }) => {
      await client.cancelQueries({ queryKey: KEYS.queue })
      client.setQueriesData<Queue>({ queryKey: KEYS.line }, (queue) => queue && reordered(queue, id, before))
    },
    onSettled: () => client.invalidateQueries({ queryKey: KEYS.queue }),
  })
}

export function useUsage() {
  return useQuery({ queryKey: KEYS.usage, queryFn: ({ signal }) => get<Usage>('/usage', signal) })
}

function reordered(queue: Queue, id: string, before: string | null): Queue {
  const rows = queue.items.map((item) => ({ id: item.job.id, item }))
  return { ...queue, items: moved(rows, id, before).map((row) => row.item) }
}
