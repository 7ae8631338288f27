/** Copying and pasting: items of this board, pictures and words from elsewhere. */
import { useEffect, useRef } from 'react'
import type { BoardItem } from '../../api/types'
import { isWriting } from '../../parts/keys'
import { pasted } from './pasting'

const TYPE = 'application/x-manazir-board'

interface Clipboard {
  chosen: readonly BoardItem[]
  /** The file of an item, by which other projects know it too. */
  fileOf(item: BoardItem): string | null
  onCut(): void
  onItems(items: BoardItem[]): void
  onFiles(files: File[]): void
  onText(text: string): void
}

export function useClipboard(clipboard: Clipboard): void {
  const latest = useRef(clipboard)
  latest.current = clipboard
  useEffect(() => {
    const copy = (event: ClipboardEvent) => {
      const { chosen, fileOf, onCut } = latest.current
      if (isWriting(event.target) || chosen.length === 0 || !getSelection()?.isCollapsed) return
      event.preventDefault()
      event.clipboardData?.setData(
        TYPE,
        JSON.stringify(chosen.map((item) => ({ ...item, asset_id: fileOf(item) }))),
      )
      event.clipboardData?.setData('text/plain', wordsOf(chosen))
      if (event.type === 'cut') onCut()
    }
    const paste = (event: ClipboardEvent) => {
      const data = event.clipboardData
      if (data === null || isWriting(event.target)) return
      event.preventDefault()
      const items = pasted(data.getData(TYPE))
      const files = [...data.files]
      const text = data.getData('text/plain').trim()
      if (items !== null) latest.current.onItems(items)
      else if (files.length > 0) latest.current.onFiles(files)
      else if (text !== '') latest.current.onText(text.slice(0, 10_000))
    }
    document.addEventListener('copy', copy)
    document.addEventListener('cut', copy)
    document.addEventListener('paste', paste)
    return () => {
      document.removeEventListener('copy', copy)
      document.removeEventListener('cut', copy)
      document.removeEventListener('paste', paste)
    }
  }, [])
}

function wordsOf(items: readonly BoardItem[]): string {
  return items.flatMap((item) => item.text ?? []).join('\n\n')
}
