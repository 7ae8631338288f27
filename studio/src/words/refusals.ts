/** What the server says of what it refuses, in the language of the reader: by the reason's name, never by its sentence. */
import type { Refused } from '../api/errors'
import type { Key, Words } from './words'

export type Refusal = Pick<Refused, 'message' | 'reason' | 'values'>

export interface Told {
  /** In the reader's language. */
  said: string | undefined
  /** As the server wrote it, in English, where there are no words of the reader's for it. */
  quoted: string | undefined
}

/** The server's own sentence says more to whoever reads English. */
export function toldOf(refusal: Refusal, words: Words): Told {
  const said = words.language === 'en' ? null : sayingOf(refusal, words)
  return said === null
    ? { said: undefined, quoted: refusal.message || undefined }
    : { said, quoted: undefined }
}

/** The same as text, where no mark can stand around words of another language. */
export function textOf(refusal: Refusal, words: Words): string {
  const { said, quoted = '' } = toldOf(refusal, words)
  if (said !== undefined) return said
  return words.language === 'en' ? quoted : `${words.t('errors.details')} ${isolated(quoted)}`
}

/** null: the catalogue has no words for it. */
function sayingOf({ reason, values }: Refusal, words: Words): string | null {
  if (reason === null) return null
  const key = reason === 'model_cannot' ? `composer.clash.cannot_${values.need}` : `errors.why.${reason}`
  return words.has(key) ? words.t(key as Key, values) : null
}

/** People's own words within a text of ours, as `<bdi>` does it. */
export function isolated(text: string): string {
  return `\u2068${text}\u2069`
}
