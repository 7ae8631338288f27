/** An error of the api, in the words of the reader: at its field, or as a note with what to do next. */
import { ApiError, Unreachable } from '../../api/errors'
import { Button } from '../../parts/Button'
import { ErrorNote } from '../../parts/ErrorNote'
import { notify } from '../../parts/Toast'
import { type Told as Reasons, type Refusal, textOf, toldOf } from '../../words/refusals'
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

export interface Told extends Partial<Reasons> {
  title: string
  advice: string
}

export function told(error: unknown, words: Words): Told {
  const { t } = words
  if (error instanceof Unreachable) {
    return { title: t('errors.unreachable'), advice: t('errors.unreachable.advice') }
  }
  const code = error instanceof ApiError ? (CODES.find((one) => one === error.code) ?? 'failed') : 'failed'
  return {
    title: t(`errors.${code}`),
    ...toldOf(refusalIn(error), words),
    advice: t(`errors.${code}.advice`),
  }
}

function refusalIn(error: unknown): Refusal {
  if (error instanceof ApiError) return error
  return { message: error instanceof Error ? error.message : '', reason: null, values: {} }
}

/** What an error says of one field, and of its parts; undefined: nothing. */
export function atField(words: Words, error: unknown, ...fields: string[]): string | undefined {
  if (!(error instanceof ApiError) || error.field === null) return undefined
  const named = error.field
  const isOfIt = fields.some((field) => named === field || named.startsWith(`${field}.`))
  return isOfIt ? textOf(error, words) : undefined
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
    const { title, advice } = told(error, words)
    const refusal = refusalIn(error)
    notify({ title, more: refusal.message ? textOf(refusal, words) : advice, isGrave: true })
  }
}
