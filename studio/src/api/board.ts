/** A project's board: what lies on it. */
import { useQuery } from '@tanstack/react-query'
import { get, patch, post, put, remove } from './client'
import { KEYS } from './keys'
import type { BoardItem, BoardItemChange, BoardItemGiven, BoardPlace } from './types'

export function useBoardItems(projectId: string) {
  return useQuery({
    queryKey: KEYS.board(projectId),
    queryFn: async ({ signal }) => {
      const told = await get<{ items: BoardItem[] }>(`/projects/${projectId}/board`, signal)
      return told.items
    },
  })
}

export function putItem(projectId: string, given: BoardItemGiven): Promise<BoardItem> {
  return post<BoardItem>(`/projects/${projectId}/board`, given)
}

export function changeItem(id: string, change: BoardItemChange): Promise<BoardItem> {
  return patch<BoardItem>(`/board/${id}`, change)
}

export function placeItems(projectId: string, items: BoardPlace[]): Promise<void> {
  return put<void>(`/projects/${projectId}/board/places`, { items })
}

export function removeItem(id: string): Promise<void> {
  return remove(`/board/${id}`)
}
