/** The composer in the place of a shot. */
import type { ComponentProps } from 'react'
import { CanvasComposer } from '../../composer/CanvasComposer'
import { useTellProblem } from '../common/Problem'

export function Composer(props: Omit<ComponentProps<typeof CanvasComposer>, 'onProblem'>) {
  return <CanvasComposer {...props} onProblem={useTellProblem()} />
}
