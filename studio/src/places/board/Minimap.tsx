/** All of a board, small, and what of it is seen. Pressing it goes there. */
import { type PointerEvent, useEffect, useMemo, useRef } from 'react'
import type { BoardItem } from '../../api/types'
import { usePreferences } from '../../words/preferences'
import { coloursOf } from './FarView'
import styles from './Minimap.module.css'
import { around, centred, fitting, seenBy, toPlane, toScreen, type View } from './plane'
import type { Camera } from './useView'

const SIZE = { width: 168, height: 104 }

export function Minimap({ camera, items }: { camera: Camera; items: readonly BoardItem[] }) {
  const canvas = useRef<HTMLCanvasElement>(null)
  const seen = useRef<HTMLDivElement>(null)
  const small = useMemo(() => smallView(items), [items])
  const { theme } = usePreferences()

  // biome-ignore lint/correctness/useExhaustiveDependencies: another theme has other colours
  useEffect(() => {
    const pencil = canvas.current?.getContext('2d')
    if (!canvas.current || !pencil) return
    const density = devicePixelRatio
    canvas.current.width = SIZE.width * density
    canvas.current.height = SIZE.height * density
    pencil.scale(density, density)
    const colours = coloursOf(canvas.current)
    for (const item of items) {
      const { x, y } = toScreen(small, item)
      pencil.fillStyle = colours(item)
      pencil.fillRect(x, y, Math.max(1.5, item.width * small.zoom), Math.max(1.5, item.height * small.zoom))
    }
  }, [items, small, theme])

  useEffect(() => {
    const show = () => {
      if (seen.current === null) return
      const box = seenBy(camera.view(), camera.screen())
      const { x, y } = toScreen(small, box)
      seen.current.style.transform = `translate(${x}px, ${y}px)`
      seen.current.style.inlineSize = `${box.width * small.zoom}px`
      seen.current.style.blockSize = `${box.height * small.zoom}px`
    }
    show()
    return camera.watch(show)
  }, [camera, small])

  const go = (event: PointerEvent<HTMLDivElement>) => {
    if (event.buttons !== 1) return
    event.currentTarget.setPointerCapture(event.pointerId)
    const box = event.currentTarget.getBoundingClientRect()
    const at = toPlane(small, { x: event.clientX - box.x, y: event.clientY - box.y })
    camera.set(centred(at, camera.view().zoom, camera.screen()))
  }
  return (
    <div className={styles.map} dir="ltr" aria-hidden="true" onPointerDown={go} onPointerMove={go}>
      <canvas ref={canvas} style={{ inlineSize: SIZE.width, blockSize: SIZE.height }} />
      <div ref={seen} className={styles.seen} />
    </div>
  )
}

/** Also what is farther away than a board is ever seen from. */
function smallView(items: readonly BoardItem[]): View {
  const box = around(items)
  if (box === null) return fitting(null, SIZE)
  const zoom = 0.86 * Math.min(SIZE.width / box.width, SIZE.height / box.height)
  return centred({ x: box.x + box.width / 2, y: box.y + box.height / 2 }, zoom, SIZE)
}
