/** Two people, one composer: what each changed stands, unless both changed the same thing to something else. */
import type { Draft } from '../draft/draft'

export type Field = keyof Draft

export interface Merged {
  draft: Draft
  /** What both changed, each to something else; there it is as mine. */
  contested: Field[]
}

/** What comes of both. `base` is what both began with. */
export function merged(base: Draft, mine: Draft, theirs: Draft): Merged {
  const contested = changes(base, mine).filter(
    (field) => !isSame(base[field], theirs[field]) && !isSame(mine[field], theirs[field]),
  )
  const draft = { ...theirs, ...picked(mine, changes(base, mine)) }
  return { draft, contested }
}

export function isSame(one: unknown, other: unknown): boolean {
  return one === other || canonical(one) === canonical(other)
}

function changes(from: Draft, to: Draft): Field[] {
  return (Object.keys(to) as Field[]).filter((field) => !isSame(from[field], to[field]))
}

function picked(draft: Draft, fields: readonly Field[]): Partial<Draft> {
  return Object.fromEntries(fields.map((field) => [field, draft[field]]))
}

/** The same text for the same value, in whatever order its fields came; the server tells what was left out as null. */
function canonical(value: unknown): string {
  return JSON.stringify(value, (_, part: unknown) =>
    typeof part === 'object' && part !== null && !Array.isArray(part)
      ? Object.fromEntries(
          Object.entries(part)
            .filter(([, field]) => field !== null)
            .sort(([one], [other]) => (one < other ? -1 : 1)),
        )
      : part,
  )
}
