/** Files that become pictures and clips of a board. */
import { useRef, useState } from 'react'
import { getAsset } from '../../api/assets'
import { upload } from '../../api/uploads'
import { notify } from '../../parts/Toast'
import { useWords } from '../../words/words'
import { useTellProblem } from '../common/Problem'
import type { Put } from './landing'
import { shapedAs } from './making'
import type { Point } from './plane'

export interface Bringing {
  key: number
  name: string
  fraction: number
  stop(): void
}

const STEP = 40

/** `put` hears of each file once the server has it. */
export function useBringing() {
  const { t } = useWords()
  const tell = useTellProblem()
  const [running, setRunning] = useState<readonly Bringing[]>([])
  const count = useRef(0)

  const bringOne = async (file: File, at: Point, put: Put) => {
    count.current += 1
    const key = count.current
    const stopper = new AbortController()
    const change = (change: (all: readonly Bringing[]) => readonly Bringing[]) => setRunning(change)
    change((all) => [...all, { key, name: file.name, fraction: 0, stop: () => stopper.abort() }])
    try {
      const id = await upload(file, {
        signal: stopper.signal,
        onProgress: (fraction) =>
          change((all) => all.map((one) => (one.key === key ? { ...one, fraction } : one))),
      })
      const asset = await getAsset(id)
      const kind = kindOf(asset.mime_type)
      if (kind === null) notify({ title: t('board.bring.other', { name: file.name }), isGrave: true })
      else {
        const size = shapedAs(asset.width, asset.height)
        put({ kind, asset_id: id, url: asset.url, name: asset.filename, ...size }, at)
      }
    } catch (error) {
      if (!stopper.signal.aborted) tell(error)
    } finally {
      change((all) => all.filter((one) => one.key !== key))
    }
  }
  const bring = async (files: readonly File[], at: Point, put: Put) => {
    for (const [index, file] of files.entries()) {
      await bringOne(file, { x: at.x + index * STEP, y: at.y + index * STEP }, put)
    }
  }
  return {
    running,
    bring: (files: readonly File[], at: Point, put: Put) => void bring(files, at, put),
  }
}

/** null: neither picture nor clip. */
export function kindOf(mimeType: string | null): 'picture' | 'clip' | null {
  if (mimeType?.startsWith('image/')) return 'picture'
  return mimeType?.startsWith('video/') ? 'clip' : null
}
