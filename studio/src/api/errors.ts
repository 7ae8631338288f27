/** What can go wrong between the studio and its server. */

/** Why something is refused. */
export interface Refused {
  code: string
  /** In English. */
  message: string
  field: string | null
  /** The same by a name, which every language has words for; null: the message alone says it. */
  reason: string | null
  /** What that is told with. */
  values: Readonly<Record<string, string | number>>
}

/** One of several things that were asked for together, and why it is refused. */
export interface RefusedPart extends Refused {
  /** Of the shot. */
  id: string
}

/** The server refused, and said why. */
export class ApiError extends Error implements Refused {
  override readonly name = 'ApiError'
  constructor(
    readonly status: number,
    readonly code: string,
    message: string,
    /** The field of the request, as `canvas.width`. */
    readonly field: string | null,
    readonly retryAfterSeconds: number | null,
    readonly reason: string | null = null,
    readonly values: Refused['values'] = {},
    /** Of several things that were asked for together, those that are refused. */
    readonly parts: readonly RefusedPart[] = [],
  ) {
    super(message)
  }
}

/** No answer came. */
export class Unreachable extends Error {
  override readonly name = 'Unreachable'
}

/** Whether asking again, later and unchanged, may help. */
export function mayPass(error: unknown): boolean {
  return (
    error instanceof Unreachable || (error instanceof ApiError && [429, 502, 503, 504].includes(error.status))
  )
}

/** Whether what was refused may be taken as it is: later, or from whoever signs in again. */
export function mayBeTaken(error: unknown): boolean {
  return mayPass(error) || (error instanceof ApiError && error.status === 401)
}

export async function refusalOf(answer: Response): Promise<ApiError> {
  const told: unknown = await answer.json().catch(() => null)
  const error = isObject(told) && isObject(told.error) ? told.error : {}
  return new ApiError(
    answer.status,
    text(error.code) ?? 'failed',
    text(error.message) ?? answer.statusText,
    text(error.field),
    typeof error.retry_after_seconds === 'number' ? error.retry_after_seconds : null,
    text(error.reason),
    valuesOf(error.values),
    Array.isArray(error.parts) ? error.parts.filter(isObject).map(partOf) : [],
  )
}

function partOf(part: Record<string, unknown>): RefusedPart {
  const { id, code, message, field, reason, values } = part
  return {
    id: text(id) ?? '',
    code: text(code) ?? 'failed',
    message: text(message) ?? '',
    field: text(field),
    reason: text(reason),
    values: valuesOf(values),
  }
}

function valuesOf(told: unknown): Refused['values'] {
  if (!isObject(told)) return {}
  const known = Object.entries(told).filter(([, value]) => ['string', 'number'].includes(typeof value))
  return Object.fromEntries(known) as Refused['values']
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null
}

function text(value: unknown): string | null {
  return typeof value === 'string' ? value : null
}
