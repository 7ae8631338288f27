/** The space bar: held down, the pointer pans. */
import { useCallback, useEffect, useRef } from 'react'
import { isWriting } from '../../parts/keys'

/** Whether it is held, asked when the pointer goes down. */
export function useSpace(): () => boolean {
  const isHeld = useRef(false)
  useEffect(() => {
    const down = (event: KeyboardEvent) => {
      if (event.key !== ' ' || isWriting(event.target)) return
      isHeld.current = true
      if (event.target === document.body) event.preventDefault()
    }
    const up = (event: KeyboardEvent) => {
      if (event.key === ' ') isHeld.current = false
    }
    const leave = () => {
      isHeld.current = false
    }
    window.addEventListener('keydown', down)
    window.addEventListener('keyup', up)
    window.addEventListener('blur', leave)
    return () => {
      window.removeEventListener('keydown', down)
      window.removeEventListener('keyup', up)
      window.removeEventListener('blur', leave)
    }
  }, [])
  return useCallback(() => isHeld.current, [])
}
