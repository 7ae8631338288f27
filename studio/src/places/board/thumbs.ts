/** Small pictures of what is far away, made once each and few at a time. */

const SIDE = 96
const AT_ONCE = 4

const made = new Map<string, ImageBitmap | null>()
const waiting: string[] = []
const watchers = new Set<() => void>()
let running = 0

/** null: there is none yet, or none at all; whoever watches hears of it. */
export function thumbOf(url: string): ImageBitmap | null {
  const found = made.get(url)
  if (found !== undefined) return found
  made.set(url, null)
  waiting.push(url)
  next()
  return null
}

export function watchThumbs(watcher: () => void): () => void {
  watchers.add(watcher)
  return () => watchers.delete(watcher)
}

function next(): void {
  if (running >= AT_ONCE) return
  const url = waiting.shift()
  if (url === undefined) return
  running++
  make(url)
    .then((picture) => made.set(url, picture))
    .catch(() => undefined) // a picture that cannot be shown stays a block of colour
    .finally(() => {
      running--
      for (const watcher of watchers) watcher()
      next()
    })
}

async function make(url: string): Promise<ImageBitmap> {
  const answer = await fetch(url)
  if (!answer.ok) throw new Error(answer.statusText)
  return createImageBitmap(await answer.blob(), { resizeWidth: SIDE, resizeQuality: 'medium' })
}
