/** Playing a shot's world, turn by turn: each is a take that goes on from the one before. */
import { useState } from 'react'
import { takeFrame } from '../../api/assets'
import { useMakeTakes } from '../../api/takes'
import type { Model, ProjectWhole, Shot, Take } from '../../api/types'
import { useTellProblem } from '../common/Problem'
import { canvasOf, type Frame, type Start } from './turn'

export interface Play {
  /** The last turn, or what play starts from; null: the shot's words. */
  take: Take | null
  /** What was made last and can be seen. */
  seen: Take | null
  /** Whether `take` was played here, and is gone on from as a whole. */
  isPlayed: boolean
  turns: number
  /** What the last turn was asked for with. */
  asked: readonly Frame[]
  isAsking: boolean
  startFrom(id: string | null): void
  send(frames: Frame[]): void
  back(): void
}

export function usePlay(project: ProjectWhole, shot: Shot, model: Model | undefined): Play {
  const tell = useTellProblem()
  const make = useMakeTakes(project.id)
  const [startId, setStartId] = useState<string | null>(null)
  const [chain, setChain] = useState<readonly string[]>([])
  const [asked, setAsked] = useState<readonly Frame[]>([])
  const [isCutting, setCutting] = useState(false)
  const find = (id: string | null | undefined) => shot.takes.find((take) => take.id === id) ?? null
  const played = find(chain.at(-1))
  const start = find(startId)
  const made = chain.map(find).filter((take) => take?.job.outputs.video)

  const send = async (frames: Frame[]) => {
    setAsked(frames)
    setCutting(true)
    try {
      const from = await startOf(played, start)
      const parent = played ?? start
      const [next] = await make.mutateAsync({
        shotId: shot.id,
        given: {
          kind: 'draft',
          count: 1,
          priority: 0,
          canvas: canvasOf(from, shot.prompt, frames),
          ...(model && { model: model.name }),
          ...(parent && { from_take_id: parent.id, seed: 'new' }),
        },
      })
      if (next) setChain([...chain, next.id])
    } catch (error) {
      tell(error)
    } finally {
      setCutting(false)
    }
  }
  return {
    take: played ?? start,
    seen: made.at(-1) ?? start,
    isPlayed: played !== null,
    turns: chain.length,
    asked,
    isAsking: isCutting || (chain.length > 0 && played === null),
    startFrom: (id) => {
      setStartId(id)
      setChain([])
      setAsked([])
    },
    send: (frames) => void send(frames),
    back: () => {
      setChain(chain.slice(0, -1))
      setAsked([])
    },
  }
}

/** A turn goes on from all that was played; the first one from the last frame of what it starts from. */
async function startOf(played: Take | null, start: Take | null): Promise<Start> {
  const clip = played?.job.outputs.video
  if (clip) return { kind: 'clip', assetId: clip.id }
  const { video, image } = start?.job.outputs ?? {}
  if (video) {
    const rate = video.frame_rate ?? 12
    const last = Math.max(0, (video.duration_seconds ?? 0) - 0.5 / rate)
    return { kind: 'picture', assetId: (await takeFrame(video.id, last)).id }
  }
  return image ? { kind: 'picture', assetId: image.id } : { kind: 'words' }
}
