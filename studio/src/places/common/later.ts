/** Deleting that can be taken back: a thing is out of sight at once, and gone when the notice is. */
import { useSyncExternalStore } from 'react'
import { notify } from '../../parts/Toast'
import { useWords } from '../../words/words'
import { useTellProblem } from './Problem'

let hidden: ReadonlySet<string> = new Set()
const watchers = new Set<() => void>()

/** The ids that are out of sight. */
export function useHidden(): ReadonlySet<string> {
  return useSyncExternalStore(
    (watcher) => {
      watchers.add(watcher)
      return () => watchers.delete(watcher)
    },
    () => hidden,
  )
}

/** Puts a thing out of sight; `remove` is called unless a person takes it back. */
export function useDeleteLater(): (id: string, title: string, remove: () => Promise<unknown>) => void {
  const { t } = useWords()
  const tell = useTellProblem()
  return (id, title, remove) => {
    change((ids) => ids.add(id))
    notify({
      title,
      act: { label: t('common.undo'), run: () => change((ids) => ids.delete(id)) },
      onGone: () => {
        // a server that refuses has kept it, so it is seen again
        remove()
          .catch(tell)
          .finally(() => change((ids) => ids.delete(id)))
      },
    })
  }
}

function change(edit: (ids: Set<string>) => void): void {
  const next = new Set(hidden)
  edit(next)
  hidden = next
  for (const watcher of watchers) watcher()
}
