/** Things that are carried about: files of the desktop, takes, frames, files of the server. */
import type { DragEvent } from 'react'
import { contentOf, idIn } from '../api/assets'
import type { Asset, ProjectWhole, Shot, Take } from '../api/types'
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
/** What is carried is told by the names of types, which alone can be read before it is let go. */
const TYPES: Record<Of | 'shot', string> = {
  picture: `${TYPE}.picture`,
  clip: `${TYPE}.clip`,
  sound: `${TYPE}.sound`,
  shot: `${TYPE}.shot`,
}
const ID = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i

/** What is let go in this window or in another one of the studio. */
export interface Carried {
  things: readonly Thing[]
  /** The shot that was carried, of which the thing is a take; null: no shot. */
  shotId: string | null
  /** Names of files that are neither pictures, clips nor sounds. */
  others: readonly string[]
}

/** Makes an element something that can be dragged: into the composer, onto a board or a shot, or out as a file. */
export function carries(thing: Thing | null, shot: Pick<Shot, 'id'> | null = null) {
  return {
    draggable: thing !== null || shot !== null,
    onDragStart: (event: DragEvent) => carry(event, thing, shot),
  }
}

export function carry(
  { dataTransfer }: DragEvent,
  thing: Thing | null,
  shot: Pick<Shot, 'id'> | null = null,
): void {
  dataTransfer.effectAllowed = 'copy'
  if (thing !== null && !('file' in thing.from)) {
    const { of, name, from, take } = thing
    dataTransfer.setData(TYPE, JSON.stringify({ of, name, from, take: take?.id }))
    dataTransfer.setData(TYPES[of], '')
  }
  if (shot !== null) dataTransfer.setData(TYPES.shot, shot.id)
}

/** Lets an element be dragged out to the desktop as a file. */
export function carryFile({ dataTransfer }: DragEvent, url: string, name: string, mimeType: string): void {
  const whole = new URL(url, location.href).href
  dataTransfer.setData('DownloadURL', `${mimeType}:${name.replaceAll(':', '-')}:${whole}`)
}

/** What hangs over the page, before it is let go; null: nothing that anybody here wants. */
export function hovering({ dataTransfer }: DragEvent): Of | null {
  for (const of of ['picture', 'clip', 'sound'] as const) {
    if (dataTransfer.types.includes(TYPES[of])) return of
  }
  for (const item of dataTransfer.items) {
    const of = item.kind === 'file' ? ofType(item.type) : null
    if (of !== null) return of
  }
  return null
}

/** What was let go. Takes that are carried are known again if they are of the project. */
export function dropped({ dataTransfer }: DragEvent, project: Pick<ProjectWhole, 'shots'>): Carried {
  const shotId = dataTransfer.getData(TYPES.shot)
  const thing = carriedBy(dataTransfer.getData(TYPE), project)
  const files = thing === null ? [...dataTransfer.files] : []
  return {
    things: thing === null ? files.flatMap((file) => thingOfFile(file) ?? []) : [thing],
    shotId: ID.test(shotId) ? shotId : null,
    others: files.filter((file) => thingOfFile(file) === null).map((file) => file.name),
  }
}

/** A thing as it was carried. Any page may say that it carries one: null, if it does not read like ours. */
export function carriedBy(text: string, { shots }: Pick<ProjectWhole, 'shots'>): Thing | null {
  const told = objectIn(text)
  const from = told?.from
  if (told === null || !isObject(from)) return null
  const of = (['picture', 'clip', 'sound'] as const).find((one) => one === told.of)
  const { asset, clip, at } = from
  const known = isId(asset)
    ? { asset }
    : isId(clip) && typeof at === 'number' && Number.isFinite(at)
      ? { clip, at }
      : null
  if (of === undefined || known === null) return null
  const take = shots.flatMap((shot) => shot.takes).find((one) => one.id === told.take)
  const name = typeof told.name === 'string' ? told.name.slice(0, 200) : ''
  return { of, name, picture: null, from: known, ...(take && { take }) }
}

function objectIn(text: string): Record<string, unknown> | null {
  try {
    const told: unknown = JSON.parse(text)
    return isObject(told) ? told : null
  } catch (error) {
    if (error instanceof SyntaxError) return null
    throw error
  }
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null
}

function isId(value: unknown): value is string {
  return typeof value === 'string' && ID.test(value)
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

export function thingOfAsset(asset: Pick<Asset, 'id' | 'mime_type' | 'filename'>): Thing | null {
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
