/** An error of the api, in the words of the reader: at its field, or as a note with what to do next. */
import { ApiError, Unreachable } from '../../api/errors'
import { Button } from '../../parts/Button'
import { ErrorNote } from '../../parts/ErrorNote'
import { notify } from '../../parts/Toast'
import { useWords, type Words } from '../../words/words'

const CODES = [
  'bad_request',
  'no_key',
  'no_credits',
  'no_scope',
  'not_found',
  'conflict',
  'too_large',
  'invalid',
  'queue_full',
  'unsupported',
  'key_reused',
  'bad_range',
  'no_method',
  'rate_limited',
  'failed',
  'unavailable',
] as const

export interface Told {
  title: string
  said: string | undefined
  advice: string
}

export function told(error: unknown, { t }: Pick<Words, 't'>): Told {
  if (error instanceof Unreachable) {
    return { title: t('errors.unreachable'), said: undefined, advice: t('errors.unreachable.advice') }
  }
  const code = error instanceof ApiError ? (CODES.find((one) => one === error.code) ?? 'failed') : 'failed'
  const said = error instanceof Error ? error.message : undefined
  return { title: t(`errors.${code}`), said, advice: t(`errors.${code}.advice`) }
}

/** What an error says of one field, and of its parts; undefined: nothing. */
export function atField(error: unknown, ...fields: string[]): string | undefined {
  if (!(error instanceof ApiError) || error.field === null) return undefined
  const named = error.field
  return fields.some((field) => named === field || named.startsWith(`${field}.`)) ? error.message : undefined
}

interface ProblemProps {
  error: unknown
  onRetry?: () => void
}

export function Problem({ error, onRetry }: ProblemProps) {
  const words = useWords()
  if (error === null || error === undefined) return null
  return (
    <ErrorNote {...told(error, words)}>
      {onRetry && (
        <Button isSmall icon="again" onClick={onRetry}>
          {words.t('common.retry')}
        </Button>
      )}
    </ErrorNote>
  )
}

/** Says in passing what went wrong: for acts that have no place of their own to say it. */
export function useTellProblem(): (error: unknown) => void {
  const words = useWords()
  return (error) => {
    const { title, said, advice } = told(error, words)
    notify({ title, more: words.language === 'en' ? (said ?? advice) : advice, isGrave: true })
  }
}
