/** Files that go to the server in parts, by the tus protocol 1.0, and go on after a break where they were. */
import { ROOT } from './client'
import { ApiError, mayPass, refusalOf, Unreachable } from './errors'

export const PART_BYTES = 4 * 1024 * 1024
const TRIES = 8
const LONGEST_WAIT = 10_000
const PROTOCOL = { 'X-Manazir-Studio': '1', 'Tus-Resumable': '1.0.0', Accept: 'application/json' }

interface Uploading {
  signal: AbortSignal
  /** From 0 to 1. */
  onProgress(fraction: number): void
}

/** Sends a file and answers with the id of the asset that it becomes. */
export async function upload(file: File, { signal, onProgress }: Uploading): Promise<string> {
  const begun = await lasting(signal, () => begin(file, signal))
  let offset = 0
  try {
    while (offset < file.size) {
      offset = await lasting(signal, (isAgain) => sendNext(file, begun.id, isAgain ? null : offset, signal))
      onProgress(offset / file.size)
    }
  } catch (error) {
    if (signal.aborted)
      void reach(`/uploads/${begun.id}`, { method: 'DELETE', headers: PROTOCOL }).catch(() => undefined)
    throw error
  }
  return begun.asset_id
}

async function begin(file: File, signal: AbortSignal): Promise<{ id: string; asset_id: string }> {
  const headers = {
    ...PROTOCOL,
    'Upload-Length': String(file.size),
    'Upload-Metadata': `filename ${inBase64(file.name)}`,
  }
  const answer = await reach('/uploads', { method: 'POST', headers, signal })
  return (await answer.json()) as { id: string; asset_id: string }
}

/** Sends the part that begins at an offset; null: the server is asked first how much has come. */
async function sendNext(file: File, id: string, known: number | null, signal: AbortSignal): Promise<number> {
  const path = `/uploads/${id}`
  const offset = known ?? offsetOf(await reach(path, { method: 'HEAD', headers: PROTOCOL, signal }))
  if (offset >= file.size) return offset
  const headers = {
    ...PROTOCOL,
    'Upload-Offset': String(offset),
    'Content-Type': 'application/offset+octet-stream',
  }
  const body = file.slice(offset, offset + PART_BYTES)
  return offsetOf(await reach(path, { method: 'PATCH', headers, body, signal }))
}

function offsetOf(answer: Response): number {
  return Number(answer.headers.get('Upload-Offset'))
}

/** Tries again what may pass, later and later; a part whose place is wrong asks anew. */
async function lasting<Told>(signal: AbortSignal, act: (isAgain: boolean) => Promise<Told>): Promise<Told> {
  for (let tries = 0; ; tries++) {
    try {
      return await act(tries > 0)
    } catch (error) {
      const isPassing = mayPass(error) || (error instanceof ApiError && error.status === 409)
      if (signal.aborted || !isPassing || tries >= TRIES) throw error
      await new Promise((resolve) => setTimeout(resolve, Math.min(LONGEST_WAIT, 500 * 2 ** tries)))
    }
  }
}

async function reach(path: string, init: RequestInit): Promise<Response> {
  let answer: Response
  try {
    answer = await fetch(ROOT + path, { credentials: 'same-origin', ...init })
  } catch (error) {
    if (error instanceof DOMException && error.name === 'AbortError') throw error
    throw new Unreachable('no answer came')
  }
  if (!answer.ok) throw await refusalOf(answer)
  return answer
}

function inBase64(text: string): string {
  return btoa(String.fromCodePoint(...new TextEncoder().encode(text)))
}
