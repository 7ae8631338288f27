/** Files on their way to the server, and frames that it cuts out of clips. */
import { useRef, useState } from 'react'
import { getAsset, referenceTo, takeFrame } from '../api/assets'
import { upload } from '../api/uploads'
import type { Thing } from './things'

export interface Sending {
  id: number
  /** null: a frame, which the server cuts. */
  name: string | null
  /** From 0 to 1; null: nobody knows. */
  fraction: number | null
  stop(): void
}

/** How a thing comes to be on the server; answers with what a canvas calls it. */
export interface Uploads {
  sending: readonly Sending[]
  bring(thing: Thing): Promise<string>
  /** The last frame of a clip on the server, as a picture of its own. */
  bringEnding(clip: string): Promise<string>
}

export function useUploads(): Uploads {
  const [sending, setSending] = useState<readonly Sending[]>([])
  const last = useRef(0)
  const change = (id: number, fraction: number) =>
    setSending((all) => all.map((one) => (one.id === id ? { ...one, fraction } : one)))

  const awaited = async <Told>(
    name: string | null,
    act: (signal: AbortSignal, id: number) => Promise<Told>,
  ): Promise<Told> => {
    const stopping = new AbortController()
    const id = ++last.current
    const fraction = name === null ? null : 0
    setSending((all) => [...all, { id, name, fraction, stop: () => stopping.abort() }])
    try {
      return await act(stopping.signal, id)
    } finally {
      setSending((all) => all.filter((one) => one.id !== id))
    }
  }
  const send = (file: File) =>
    awaited(file.name, (signal, id) =>
      upload(file, { signal, onProgress: (fraction) => change(id, fraction) }),
    )
  const cut = (clip: string, at: number) =>
    awaited(null, async (signal) => referenceTo((await takeFrame(clip, at, signal)).id))
  const bring = async ({ from }: Thing) => {
    if ('asset' in from) return referenceTo(from.asset)
    if ('file' in from) return referenceTo(await send(from.file))
    return cut(from.clip, from.at)
  }
  const bringEnding = async (clip: string) => {
    const { duration_seconds, frame_rate } = await getAsset(clip)
    return cut(clip, Math.max(0, (duration_seconds ?? 0) - 0.5 / (frame_rate ?? 24)))
  }
  return { sending, bring, bringEnding }
}
