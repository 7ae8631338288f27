/** Files: what they are, and single frames of clips. */
import { useQuery } from '@tanstack/react-query'
import { get, post, ROOT } from './client'
import { KEYS } from './keys'
import type { Asset } from './types'

/** What a file is; null: none is asked for. */
export function useAsset(id: string | null) {
  return useQuery({
    queryKey: KEYS.asset(id ?? ''),
    queryFn: ({ signal }) => getAsset(id ?? '', signal),
    enabled: id !== null,
    staleTime: Number.POSITIVE_INFINITY, // its bytes never change
  })
}

export function getAsset(id: string, signal?: AbortSignal): Promise<Asset> {
  return get<Asset>(`/assets/${id}`, signal)
}

/** One frame of a clip as a picture of its own. */
export function takeFrame(clipId: string, at: number, signal?: AbortSignal): Promise<Asset> {
  return post<Asset>(`/assets/${clipId}/frame`, { at_seconds: at }, signal)
}

/** Where the bytes of a file are, for whoever is signed in. */
export function contentOf(id: string): string {
  return `${ROOT}/assets/${id}/content`
}

/** As `asset:ID`, which is how a canvas names a file. */
export function referenceTo(id: string): string {
  return `asset:${id}`
}

/** The id in `asset:ID`; null: it is an address. */
export function idIn(reference: string): string | null {
  return reference.startsWith('asset:') ? reference.slice('asset:'.length) : null
}
