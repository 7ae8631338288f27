/** Playing one clip, or several as one: they start, stop, seek and step together. */
import { type RefObject, useCallback, useEffect, useRef, useState } from 'react'

export interface Playback {
  isPlaying: boolean
  time: number
  duration: number
  isLoop: boolean
  isSilent: boolean
  toggle(): void
  seek(seconds: number): void
  /** By frames; stops first. */
  step(frames: number): void
  setLoop(isLoop: boolean): void
  setSilent(isSilent: boolean): void
}

/** Farther apart than this, in seconds, a second clip is brought back to the first. */
const APART = 0.06

export function usePlayback(
  clips: readonly RefObject<HTMLVideoElement | null>[],
  frameRate: number,
  identity: string,
): Playback {
  const latest = useRef(clips)
  latest.current = clips
  const [isPlaying, setPlaying] = useState(false)
  const [time, setTime] = useState(0)
  const [duration, setDuration] = useState(0)
  const [isLoop, setLoop] = useState(true)
  const [isSilent, setSilent] = useState(false)
  const all = useCallback(
    () => latest.current.map((clip) => clip.current).filter((clip) => clip !== null),
    [],
  )

  // biome-ignore lint/correctness/useExhaustiveDependencies: other clips are other elements
  useEffect(() => {
    const [first, ...others] = all()
    if (first === undefined) return
    let looking = 0
    const look = () => {
      setTime(first.currentTime)
      for (const other of others) {
        if (Math.abs(other.currentTime - first.currentTime) > APART) other.currentTime = first.currentTime
      }
      looking = requestAnimationFrame(look)
    }
    const on = {
      play: () => {
        setPlaying(true)
        cancelAnimationFrame(looking)
        look()
      },
      pause: () => {
        setPlaying(false)
        cancelAnimationFrame(looking)
        for (const other of others) other.pause()
      },
      seeked: () => setTime(first.currentTime),
      loadedmetadata: () => setDuration(first.duration),
    }
    for (const [name, hear] of Object.entries(on)) first.addEventListener(name, hear)
    setTime(first.currentTime)
    setPlaying(!first.paused)
    setDuration(Number.isFinite(first.duration) ? first.duration : 0)
    if (!first.paused) look()
    return () => {
      cancelAnimationFrame(looking)
      for (const [name, hear] of Object.entries(on)) first.removeEventListener(name, hear)
    }
  }, [all, identity])

  // biome-ignore lint/correctness/useExhaustiveDependencies: other clips are other elements
  useEffect(() => {
    all().forEach((clip, index) => {
      clip.loop = isLoop
      clip.muted = isSilent || index > 0
    })
  }, [all, isLoop, isSilent, identity])

  const toggle = useCallback(() => {
    const [first] = all()
    if (first === undefined) return
    if (first.paused) for (const clip of all()) void clip.play().catch(() => clip.pause())
    else for (const clip of all()) clip.pause()
  }, [all])
  const seek = useCallback(
    (seconds: number) => {
      for (const clip of all()) clip.currentTime = Math.max(0, Math.min(seconds, clip.duration || 0))
    },
    [all],
  )
  const step = useCallback(
    (frames: number) => {
      const [first] = all()
      if (first === undefined) return
      for (const clip of all()) clip.pause()
      seek(placeOfFrame(frameAt(first.currentTime, frameRate) + frames, frameRate, first.duration))
    },
    [all, frameRate, seek],
  )
  return { isPlaying, time, duration, isLoop, isSilent, toggle, seek, step, setLoop, setSilent }
}

/** The frame that is seen at a time. */
export function frameAt(seconds: number, frameRate: number): number {
  return Math.floor(seconds * frameRate + 1e-3)
}

/** The middle of a frame that is in the clip: an edge may show either neighbour. */
export function placeOfFrame(frame: number, frameRate: number, duration: number): number {
  const last = Math.max(0, Math.round(duration * frameRate) - 1)
  return (Math.min(last, Math.max(0, frame)) + 0.5) / frameRate
}
