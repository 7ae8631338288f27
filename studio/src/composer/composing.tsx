/** What all parts of the composer know: the draft with its time and its clashes, and how to change it. */
import { createContext, type ReactNode, useContext, useMemo, useState } from 'react'
import { idIn, useAsset } from '../api/assets'
import { useModels } from '../api/takes'
import type { Asset, Model, ProjectWhole, Shot, Take } from '../api/types'
import { type Clash, clashesOf, whyNot } from './draft/clashes'
import { type Draft, modelOf, settled } from './draft/draft'
import type { Edit } from './draft/edits'
import { type Span, spanOf } from './draft/frames'
import type { Held, Keeper } from './keep/keeper'
import { useKeeper } from './keep/useKeeper'

export type Selected = { kind: 'pin'; id: number } | { kind: 'source' } | { kind: 'sound' } | null

export interface Composing {
  project: ProjectWhole
  shot: Shot
  /** The take that is looked at. */
  take: Take | null
  draft: Draft
  edit(edit: Edit): void
  /** Why an edit cannot be made now; null: it can. */
  whyNot(edit: Edit): Clash | null
  keeper: Keeper
  held: Held
  models: readonly Model[]
  model: Model | null
  /** What is known of the clip that the canvas starts from, and of its sound. */
  clip: Asset | null
  span: Span
  clashes: readonly Clash[]
  /** The frame on the strip at which things are put. */
  cursor: number
  setCursor(frame: number): void
  selected: Selected
  select(selected: Selected): void
  onProblem(error: unknown): void
}

const Here = createContext<Composing | null>(null)

export function useComposing(): Composing {
  const composing = useContext(Here)
  if (composing === null) throw new Error('useComposing is for what stands inside of <Compose>')
  return composing
}

interface ComposeProps {
  project: ProjectWhole
  shot: Shot
  take: Take | null
  onProblem(error: unknown): void
  children: ReactNode
}

export function Compose({ project, shot, take, onProblem, children }: ComposeProps) {
  const [keeper, held] = useKeeper(shot)
  const [cursor, setCursor] = useState(0)
  const [selected, select] = useState<Selected>(null)
  const models = useModels().data ?? NO_MODELS
  const draft = settled(held.draft, project)
  const model = modelOf(draft, project, models)
  const clip = useFile(draft.source?.clip ?? null)
  const sound = useFile(draft.sound)
  const span = spanOf(draft, model, factsOf(clip), factsOf(sound))
  const composing: Composing = {
    project,
    shot,
    take,
    draft,
    edit: keeper.edit,
    whyNot: (edit) => whyNot(draft, edit, model),
    keeper,
    held,
    models,
    model,
    clip,
    span,
    clashes: useMemo(() => clashesOf(draft, model, span), [draft, model, span]),
    cursor: Math.min(cursor, span.frames - 1),
    setCursor,
    selected: isThere(selected, draft) ? selected : null,
    select,
    onProblem,
  }
  return <Here value={composing}>{children}</Here>
}

const NO_MODELS: readonly Model[] = []

function useFile(reference: string | null): Asset | null {
  return useAsset(reference === null ? null : idIn(reference)).data ?? null
}

function factsOf(asset: Asset | null) {
  return asset === null ? null : { seconds: asset.duration_seconds, rate: asset.frame_rate }
}

function isThere(selected: Selected, draft: Draft): boolean {
  if (selected?.kind === 'pin') return draft.pins.some((pin) => pin.id === selected.id)
  return selected?.kind === 'source' ? draft.source !== null : draft.sound !== null
}
