/** Files on their way to the server. */
import { useRef, useState } from 'react'
import { getAsset, referenceTo, takeFrame } from '../api/assets'
import { upload } from '../api/uploads'
import type { Thing } from './things'

export interface Sending {
  id: number
  name: string
  /** From 0 to 1. */
  fraction: number
  stop(): void
}

/** How a thing comes to be on the server; answers with what a canvas calls it. */
export interface Uploads {
  sending: readonly Sending[]
  bring(thing: Thing): Promise<string>
}

export function useUploads(): Uploads {
  const [sending, setSending] = useState<readonly Sending[]>([])
  const last = useRef(0)
  const change = (id: number, fraction: number) =>
    setSending((all) => all.map((one) => (one.id === id ? { ...one, fraction } : one)))

  const send = async (file: File) => {
    const stopping = new AbortController()
    const id = ++last.current
    setSending((all) => [...all, { id, name: file.name, fraction: 0, stop: () => stopping.abort() }])
    try {
      return await upload(file, {
        signal: stopping.signal,
        onProgress: (fraction) => change(id, fraction),
      })
    } finally {
      setSending((all) => all.filter((one) => one.id !== id))
    }
  }
  const bring = async ({ from }: Thing) => {
    if ('asset' in from) return referenceTo(from.asset)
    if ('file' in from) return referenceTo(await send(from.file))
    return referenceTo((await takeFrame(from.clip, from.at)).id)
  }
  return { sending, bring }
}

/** The last frame of a clip on the server, as a picture of its own. */
export async function endingOf(clip: string): Promise<string> {
  const { duration_seconds, frame_rate } = await getAsset(clip)
  const at = Math.max(0, (duration_seconds ?? 0) - 0.5 / (frame_rate ?? 24))
  return referenceTo((await takeFrame(clip, at)).id)
}
