/** Who is here. A browser never keeps a key: it changes one, once, for the cookie of a session. */
import { type QueryClient, useMutation, useQuery, useQueryClient } from '@tanstack/react-query'
import { useCallback } from 'react'
import { get, post, remove } from './client'
import { KEYS } from './keys'
import { become, tellOver } from './over'
import type { Me } from './types'
import { forgetUnsent } from './unsent'

export type Opening = { key: string } | { token: string }

/** Who is here; null: nobody. Whoever comes with an opening link has no session yet, and is not asked for one. */
export function useMe(comesWithToken = false) {
  return useQuery({
    queryKey: KEYS.me,
    queryFn: async ({ signal }) => (await get<{ me: Me | null }>('/session', signal)).me,
    staleTime: Infinity,
    enabled: !comesWithToken,
  })
}

export function useSignIn() {
  const client = useQueryClient()
  return useMutation({
    mutationFn: (opening: Opening) => post<Me>('/session', opening),
    onSuccess: (me) => goOn(client, me),
  })
}

/** Goes on with the session that this browser has by now, if it has one. */
export function useComeBack(): () => void {
  const client = useQueryClient()
  return useCallback(() => void whoIsHere().then((me) => me !== null && goOn(client, me)), [client])
}

/** Says so if the session is over; what else keeps the server from answering says itself. */
export function lookWhetherOver(): void {
  void whoIsHere().then((me) => me === null && tellOver())
}

/** undefined: nobody knows. */
async function whoIsHere(): Promise<Me | null | undefined> {
  return (await get<{ me: Me | null }>('/session').catch(() => undefined))?.me
}

/** Whatever was asked for in vain meanwhile is asked for again. */
function goOn(client: QueryClient, me: Me | undefined): void {
  if (me === undefined) return
  become('open')
  window.dispatchEvent(new Event('online')) // as after a line that was cut, what waits is sent at once
  client.setQueryData(KEYS.me, me)
  void client.invalidateQueries({ predicate: ({ queryKey }) => queryKey[0] !== KEYS.me[0] })
}

export function useSignOut() {
  const client = useQueryClient()
  return useMutation({
    mutationFn: () => remove('/session'),
    onSuccess: () => {
      forgetUnsent()
      client.clear()
      location.assign('/')
    },
  })
}

/** The token of `#open=TOKEN`, taken out of the address so that no history keeps it; null: there is none. */
export function takeToken(): string | null {
  const token = new URLSearchParams(location.hash.slice(1)).get('open')
  if (token !== null) history.replaceState(history.state, '', location.pathname + location.search)
  return token
}

/** An opening link that is pasted into a tab of the studio changes only what stands after the `#`. */
export function hearToken(): () => void {
  const hear = () => location.hash.startsWith('#open=') && location.reload()
  window.addEventListener('hashchange', hear)
  return () => window.removeEventListener('hashchange', hear)
}
