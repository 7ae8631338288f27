/** What is let go over a shot becomes its reference. */
import { useQueryClient } from '@tanstack/react-query'
import { type DragEvent, useState } from 'react'
import { idIn } from '../../api/assets'
import { referTo } from '../../api/board'
import { KEYS } from '../../api/keys'
import type { ProjectWhole, Shot } from '../../api/types'
import { dropped, hovering } from '../../composer/things'
import { useUploads } from '../../composer/useUploads'
import { notify } from '../../parts/Toast'
import { useWords } from '../../words/words'
import { useTellProblem } from './Problem'

/** Lets things be dropped on the element that shows a shot. */
export function useReferring(project: ProjectWhole) {
  const { t } = useWords()
  const client = useQueryClient()
  const tell = useTellProblem()
  const { bring } = useUploads()
  const [overId, setOver] = useState<string | null>(null)

  const refer = async (event: DragEvent, shot: Shot) => {
    const seen = dropped(event, project).things.filter((thing) => thing.of !== 'sound')
    try {
      for (const thing of seen) {
        const id = idIn(await bring(thing))
        if (id !== null) await referTo(shot.id, (ids) => [...new Set([...ids, id])])
      }
      const named = t('film.shot', { number: shot.number })
      if (seen.length > 0) notify({ title: t('board.referred', { count: seen.length, shot: named }) })
    } catch (error) {
      tell(error)
    }
    void client.invalidateQueries({ queryKey: KEYS.project(project.id) })
  }
  return (shot: Shot) => ({
    'data-over': overId === shot.id || undefined,
    onDragOver: (event: DragEvent) => {
      const of = hovering(event)
      if (of === null || of === 'sound') return
      event.preventDefault()
      setOver(shot.id)
    },
    onDragLeave: (event: DragEvent) => {
      if (!event.currentTarget.contains(event.relatedTarget as Node | null)) setOver(null)
    },
    onDrop: (event: DragEvent) => {
      event.preventDefault()
      setOver(null)
      void refer(event, shot)
    },
  })
}
