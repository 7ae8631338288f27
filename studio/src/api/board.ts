/** A project's board: what lies on it, and what is done there. */
import { useQuery } from '@tanstack/react-query'
import { get, patch, post } from './client'
import { ApiError } from './errors'
import { KEYS } from './keys'
import type { BoardAct, BoardDone, BoardItem, Shot } from './types'

export function useBoardItems(projectId: string) {
  return useQuery({
    queryKey: KEYS.board(projectId),
    queryFn: async ({ signal }) => {
      const told = await get<{ items: BoardItem[] }>(`/projects/${projectId}/board`, signal)
      return told.items
    },
  })
}

/** All of it is done or nothing; asking again does no harm. */
export function actOnBoard(projectId: string, act: BoardAct): Promise<BoardDone> {
  return post<BoardDone>(`/projects/${projectId}/board/acts`, act)
}

const TRIES = 4

/** Changes what a shot is to look like, whatever others add to it at the same time. */
export async function referTo(shotId: string, change: (ids: readonly string[]) => string[]): Promise<void> {
  for (let tries = 1; ; tries++) {
    const { references, version } = await get<Shot>(`/shots/${shotId}`)
    try {
      await patch(`/shots/${shotId}`, { references: change(references), version })
      return
    } catch (error) {
      if (tries === TRIES || !(error instanceof ApiError && error.status === 409)) throw error
    }
  }
}
