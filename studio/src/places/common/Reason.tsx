/** Why a job ended without a take, in words, and what to do. */
import type { Job } from '../../api/types'
import { Button } from '../../parts/Button'
import { ErrorNote } from '../../parts/ErrorNote'
import { toldOf } from '../../words/refusals'
import { useWords } from '../../words/words'

const CODES = [
  'unsupported',
  'bad_input',
  'no_model',
  'no_space',
  'out_of_memory',
  'engine_failed',
  'engine_lost',
  'worker_lost',
  'no_credits',
  'expired',
] as const

export function Reason({ job, onRetry }: { job: Job; onRetry?: () => void }) {
  const words = useWords()
  const { t } = words
  const again = onRetry && (
    <Button isSmall icon="again" onClick={onRetry}>
      {t('common.retry')}
    </Button>
  )
  if (job.state === 'cancelled') return <ErrorNote title={t('errors.reason.cancelled')}>{again}</ErrorNote>
  const code = CODES.find((one) => one === job.reason?.code) ?? 'unknown'
  const { name = null, message = '', values = {} } = job.reason ?? {}
  return (
    <ErrorNote
      title={t(`errors.reason.${code}`)}
      {...toldOf({ reason: name, message, values }, words)}
      advice={t(`errors.reason.${code}.advice`)}
    >
      {again}
    </ErrorNote>
  )
}
