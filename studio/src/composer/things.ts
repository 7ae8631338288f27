/** Things that are carried about: files of the desktop, takes, frames, files of the server. */
import type { DragEvent } from 'react'
import { contentOf, idIn } from '../api/assets'
import type { Asset, Take } from '../api/types'
import type { Of } from './draft/ways'

export interface Thing {
  of: Of
  /** As people know it; empty: nobody named it. */
  name: string
  /** A look at it. */
  picture: string | null
  from: { file: File } | { asset: string } | { clip: string; at: number }
  take?: Take
}

const TYPE = 'application/x-manazir-thing'
let carried: Thing | null = null

/** Makes an element something that can be dragged into the composer. */
export function carries(thing: Thing | null) {
  return {
    draggable: thing !== null,
    onDragStart: (event: DragEvent) => thing && carry(event, thing),
    onDragEnd: putDown,
  }
}

export function carry({ dataTransfer }: DragEvent, thing: Thing): void {
  carried = thing
  dataTransfer.effectAllowed = 'copy'
  dataTransfer.setData(TYPE, thing.name)
}

export function putDown(): void {
  carried = null
}

/** What hangs over the page, before it is let go; null: nothing that anybody here wants. */
export function hovering({ dataTransfer }: DragEvent): Of | null {
  if (dataTransfer.types.includes(TYPE)) return carried?.of ?? null
  for (const item of dataTransfer.items) {
    const of = item.kind === 'file' ? ofType(item.type) : null
    if (of !== null) return of
  }
  return null
}

/** What was let go. */
export function dropped({ dataTransfer }: DragEvent): Thing[] {
  if (dataTransfer.types.includes(TYPE)) return carried === null ? [] : [carried]
  return [...dataTransfer.files].flatMap((file) => thingOfFile(file) ?? [])
}

/** null: a file that is neither picture, clip nor sound. */
export function thingOfFile(file: File): Thing | null {
  const of = ofType(file.type) ?? ofName(file.name)
  return of === null ? null : { of, name: file.name, picture: null, from: { file } }
}

/** null: nothing was made of it yet. */
export function thingOfTake(take: Take): Thing | null {
  const { video, image, thumbnail } = take.job.outputs
  const made = video ?? image
  if (made === undefined) return null
  const picture = (thumbnail ?? image)?.url ?? null
  return { of: video ? 'clip' : 'picture', name: '', picture, from: { asset: made.id }, take }
}

export function thingOfAsset(asset: Asset): Thing | null {
  const of = ofType(asset.mime_type)
  if (of === null) return null
  const picture = of === 'picture' ? contentOf(asset.id) : null
  return { of, name: asset.filename ?? '', picture, from: { asset: asset.id } }
}

/** A frame of a clip, at a time in it. */
export function frameOf(clip: string, at: number): Thing {
  return { of: 'picture', name: '', picture: null, from: { clip, at } }
}

/** Where a reference of a canvas can be seen; null: elsewhere, where this page may not look. */
export function urlOf(reference: string): string | null {
  const id = idIn(reference)
  return id === null ? null : contentOf(id)
}

function ofType(type: string): Of | null {
  if (type.startsWith('image/')) return 'picture'
  if (type.startsWith('video/')) return 'clip'
  return type.startsWith('audio/') ? 'sound' : null
}

/** Desktops do not know every type. */
function ofName(name: string): Of | null {
  if (/\.(mkv|mov|mxf|mp4|webm|avi|m4v)$/i.test(name)) return 'clip'
  if (/\.(wav|flac|mp3|m4a|aac|ogg|opus)$/i.test(name)) return 'sound'
  return /\.(png|jpe?g|webp|avif|tiff?|bmp)$/i.test(name) ? 'picture' : null
}
