/** How queries behave: what may pass is tried again, what was refused is told at once. */
import { QueryClient } from '@tanstack/react-query'
import { ApiError, mayPass } from './errors'

const TRIES = 4

export function newQueryClient(): QueryClient {
  return new QueryClient({
    defaultOptions: {
      queries: {
        staleTime: 30_000,
        refetchOnWindowFocus: false, // the stream says what changed
        retry: (count, error) => count < TRIES && mayPass(error),
        retryDelay: (count, error) =>
          error instanceof ApiError && error.retryAfterSeconds !== null
            ? error.retryAfterSeconds * 1000
            : Math.min(8_000, 500 * 2 ** count),
      },
      mutations: { retry: false },
    },
  })
}
