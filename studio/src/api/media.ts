/** Links to files. The server signs a new one with each answer; one that still holds stays as it was, so that nothing
 * that is shown or played is fetched again. All of them lead to where the page came from, whatever the server's name. */

const MARGIN_SECONDS = 600
const SIGNED = /^(?:https?:\/\/[^/]+)?(\/media\/[^?]+)\?(?=.*\bsignature=)(?:.*&)?until=(\d+)/

const kept = new Map<string, { link: string; until: number }>()

/** A link as it is used; text that is none stays as it is. */
export function lasting(text: string, now = Date.now() / 1000): string {
  const found = SIGNED.exec(text)
  if (found === null) return text
  const [, path = '', until = ''] = found
  const before = kept.get(path)
  if (before !== undefined && before.until - now > MARGIN_SECONDS) return before.link
  const link = text.slice(text.indexOf(path))
  kept.set(path, { link, until: Number(until) })
  return link
}

/** Reads an answer with its links made lasting. */
export function read(json: string): unknown {
  return JSON.parse(json, (_, value: unknown) => (typeof value === 'string' ? lasting(value) : value))
}
