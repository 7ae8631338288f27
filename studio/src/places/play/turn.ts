/** A turn of play: which keys were held when, as one action for each frame of the model's. */
import type { Canvas } from '../../api/types'

export const ACTIONS = ['left', 'right', 'away', 'towards', 'jump', 'camera left', 'camera right'] as const
export type Action = (typeof ACTIONS)[number]
export type Frame = Action | 'none'

export interface Press {
  /** Since the turn began, in milliseconds. */
  at: number
  action: Action
  isDown: boolean
}

/** What a player does in each frame: of what is held in it, what was pressed last; a short press is not lost. */
export function framesOf(presses: readonly Press[], count: number, frameRate: number): Frame[] {
  const held: Action[] = []
  let next = 0
  return Array.from({ length: count }, (_, index) => {
    const ends = ((index + 1) * 1000) / frameRate
    let tapped: Action | undefined
    for (; next < presses.length; next++) {
      const press = presses[next]
      if (press === undefined || press.at >= ends) break
      const place = held.indexOf(press.action)
      if (place >= 0) held.splice(place, 1)
      if (press.isDown) {
        held.push(press.action)
        tapped = press.action
      }
    }
    return tapped ?? held.at(-1) ?? 'none'
  })
}

/** What a turn starts from. */
export type Start =
  | { kind: 'words' }
  | { kind: 'picture'; assetId: string }
  | { kind: 'clip'; assetId: string }

/** The canvas of a turn: as many frames as there are actions, after what it starts from. */
export function canvasOf(start: Start, prompt: string, frames: readonly Frame[]): Canvas {
  return {
    ...(prompt.trim() !== '' && { prompt }),
    ...(start.kind === 'picture' && { keyframes: [{ image: `asset:${start.assetId}`, at_seconds: 0 }] }),
    ...(start.kind === 'clip' && { extension: { clip: `asset:${start.assetId}`, is_before: false } }),
    actions: [...frames],
  } as Canvas
}

export interface Run {
  action: Frame
  from: number
  count: number
}

/** Frames with the same action as one, for a strip of time. */
export function runsOf(frames: readonly Frame[]): Run[] {
  const runs: Run[] = []
  for (const [from, action] of frames.entries()) {
    const last = runs.at(-1)
    if (last?.action === action) last.count++
    else runs.push({ action, from, count: 1 })
  }
  return runs
}
