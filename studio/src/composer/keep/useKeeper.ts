/** The keeper of a shot's composer: one for each shot in this tab, so that what is not kept yet outlives the place. */
import { useQueryClient } from '@tanstack/react-query'
import { useEffect, useState, useSyncExternalStore } from 'react'
import { get, patch } from '../../api/client'
import { KEYS } from '../../api/keys'
import type { Shot, ShotChange } from '../../api/types'
import { hold, recall } from '../../api/unsent'
import { type Drawer, type Held, Keeper } from './keeper'

const keepers = new Map<string, Keeper>()
const drawer: Drawer = {
  recall: (shotId) => recall(`composer ${shotId}`),
  hold: (shotId, unsent) => hold(`composer ${shotId}`, unsent),
}

export function useKeeper(shot: Shot): [Keeper, Held] {
  const client = useQueryClient()
  const [keeper] = useState(() => keeperOf(shot))
  useEffect(() => keeper.see(shot), [keeper, shot])
  useEffect(() => {
    const warn = (event: BeforeUnloadEvent) => {
      if (!keeper.isKept) event.preventDefault()
    }
    addEventListener('beforeunload', warn)
    return () => {
      removeEventListener('beforeunload', warn)
      // what is left is sent now; whoever comes back sees what the server has
      keeper.flush().then(
        () => client.invalidateQueries({ queryKey: KEYS.project(shot.project_id) }),
        () => undefined, // it stays with the keeper, which tries again and says so when it is seen next
      )
    }
  }, [keeper, client, shot.project_id])
  return [keeper, useSyncExternalStore(keeper.watch, () => keeper.held)]
}

function keeperOf(shot: Shot): Keeper {
  const known = keepers.get(shot.id)
  if (known !== undefined) return known
  const server = {
    change: (id: string, change: ShotChange) => patch<Shot>(`/shots/${id}`, change),
    look: (id: string) => get<Shot>(`/shots/${id}`),
  }
  const made = new Keeper(shot.id, shot, server, drawer)
  keepers.set(shot.id, made)
  return made
}
