/** What a person wrote that the server does not have yet. This tab holds it over a reload, and as long as the server is away. */

const PLACE = 'manazir.unsent'

/** What was held under a name; null: nothing was. */
export function recall<Left extends object>(name: string): Left | null {
  try {
    const held: unknown = JSON.parse(sessionStorage.getItem(`${PLACE} ${name}`) ?? 'null')
    return typeof held === 'object' ? (held as Left | null) : null
  } catch {
    return null // where a browser holds nothing, leaving the page asks first
  }
}

/** null: the server has it all. */
export function hold(name: string, left: object | null): void {
  try {
    if (left === null) sessionStorage.removeItem(`${PLACE} ${name}`)
    else sessionStorage.setItem(`${PLACE} ${name}`, JSON.stringify(left))
  } catch {
    // as above; it stays in memory
  }
}
