/** The way in by the link that the server printed. */
import { useEffect, useRef } from 'react'
import { ApiError } from '../../api/errors'
import { useSignIn } from '../../api/session'
import { Problem } from '../common/Problem'
import { Wait } from '../common/Wait'

export function Opening({ token, onRefused }: { token: string; onRefused(): void }) {
  const { mutate, error } = useSignIn()
  const refuse = useRef(onRefused)
  const isTried = useRef(false)
  refuse.current = onRefused
  useEffect(() => {
    if (isTried.current) return
    isTried.current = true
    mutate({ token })
  }, [token, mutate])
  useEffect(() => {
    if (error instanceof ApiError && error.status === 401) refuse.current()
  }, [error])
  return error === null ? <Wait /> : <Problem error={error} onRetry={() => mutate({ token })} />
}
