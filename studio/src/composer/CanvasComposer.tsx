/** The canvas made visible: what is known of a stretch of time, what fills the rest, and what that costs. */
import { type RefObject, useEffect, useState } from 'react'
import { useEstimate, useMakeTakes } from '../api/takes'
import type { ProjectWhole, Shot, Take } from '../api/types'
import { Button } from '../parts/Button'
import { useHotkeys } from '../parts/keys'
import { useWords } from '../words/words'
import styles from './CanvasComposer.module.css'
import { Compose, useComposing } from './composing'
import { MakeBar } from './controls/MakeBar'
import { Notes } from './controls/Notes'
import { WordsPane } from './controls/WordsPane'
import { estimateOf, masterOf, takesOf } from './draft/canvas'
import { Drops, useDropping, useDropsOn } from './dropping'
import { Library } from './Library'
import { References } from './References'
import { Inspector } from './strip/Inspector'
import { Strip } from './strip/Strip'

interface CanvasComposerProps {
  project: ProjectWhole
  shot: Shot
  /** The take that is looked at: a draft that a master may be made from, and a picture to draw on. */
  take: Take | null
  /** Where the words are written, for whoever leads there. */
  field: RefObject<HTMLTextAreaElement | null>
  onMade(takeId: string): void
  onProblem(error: unknown): void
}

const REST = 350

export function CanvasComposer({ project, shot, take, field, onMade, onProblem }: CanvasComposerProps) {
  return (
    <Compose project={project} shot={shot} take={take} onProblem={onProblem}>
      <Drops>
        <Laid field={field} onMade={onMade} />
      </Drops>
    </Compose>
  )
}

function Laid({ field, onMade }: Pick<CanvasComposerProps, 'field' | 'onMade'>) {
  const { t } = useWords()
  const { draft, cursor, span, held } = useComposing()
  const [isAdding, setAdding] = useState(false)
  const { isOver, drops } = useDropsOn(() => ({ on: 'anywhere', time: cursor / span.rate }))
  const making = useMaking(onMade)
  useHotkeys(t('composer.title'), [
    {
      keys: 'Mod+Enter',
      label: t('composer.make.draft', { count: draft.count }),
      run: () => void making.make('draft'),
      whileWriting: true,
    },
    {
      keys: 'Mod+Shift+Enter',
      label: t('composer.make.chosen'),
      run: () => void making.make(draft.kind),
      whileWriting: true,
    },
    { keys: 's', label: t('composer.add'), run: () => setAdding(true) },
  ])
  return (
    <section
      className={styles.composer}
      aria-label={t('composer.title')}
      data-over={isOver || undefined}
      {...drops}
    >
      <div className={styles.words}>
        <WordsPane field={field} />
      </div>
      <div className={styles.time}>
        <Strip />
        <div className={styles.under}>
          <Button isSmall icon="plus" onClick={() => setAdding(true)}>
            {t('composer.add.short')}
          </Button>
          <Inspector />
        </div>
      </div>
      <div className={styles.foot}>
        <div className={styles.more}>
          <References />
          <Notes estimate={making.estimate} />
        </div>
        <span className={styles.kept} data-standing={held.standing}>
          {t(held.standing === 'kept' ? 'composer.kept' : 'composer.unkept')}
        </span>
        <MakeBar {...making} onMake={() => void making.make(draft.kind)} />
      </div>
      <Library isOpen={isAdding} onClose={() => setAdding(false)} />
    </section>
  )
}

/** Asking for takes: what is asked for, what it would cost, and doing it. */
function useMaking(onMade: (takeId: string) => void) {
  const { project, shot, take, draft, model, clashes, keeper, onProblem } = useComposing()
  const makeTakes = useMakeTakes(project.id)
  const { sending } = useDropping()
  const [isWaiting, setWaiting] = useState(false)
  const [isHere, setHere] = useState(false)
  const mayBeFrom = draftOf(shot, take)
  const from = draft.kind === 'master' && !isHere ? mayBeFrom : null
  const asked =
    from !== null ? masterOf(from) : clashes.length === 0 && model ? estimateOf(draft, model.name) : null
  const estimate = useEstimate(shot, useRested(asked)).data
  // What is on its way is meant to be in it.
  const isAwaiting = from === null && sending.length > 0

  const make = async (kind: Take['kind']) => {
    const parent = kind === 'master' ? from : null
    if (isWaiting || model === null || (parent === null && (clashes.length > 0 || sending.length > 0))) return
    setWaiting(true)
    try {
      if (parent === null) await keeper.flush()
      const given = parent === null ? takesOf({ ...draft, kind }, model.name) : masterOf(parent)
      const [first] = await makeTakes.mutateAsync({ shotId: shot.id, given })
      if (first) onMade(first.id)
    } catch (error) {
      onProblem(error)
    } finally {
      setWaiting(false)
    }
  }
  return {
    estimate,
    isMaking: isWaiting,
    isAwaiting,
    from,
    mayBeFrom,
    onFrom: (one: Take | null) => setHere(one === null),
    make,
  }
}

/** The draft that a master would be made of: the one that is looked at, else the chosen one. */
function draftOf(shot: Shot, take: Take | null): Take | null {
  const chosen = shot.takes.find((one) => one.id === shot.chosen_take_id)
  const isDraft = (one: Take | null | undefined) => one?.kind === 'draft' && one.job.state === 'succeeded'
  return [take, chosen].find(isDraft) ?? null
}

/** A value once it rests; the same object as long as it says the same. */
function useRested<Value>(value: Value): Value {
  const [rested, setRested] = useState(value)
  const text = JSON.stringify(value)
  useEffect(() => {
    const later = setTimeout(() => setRested(JSON.parse(text) as Value), REST)
    return () => clearTimeout(later)
  }, [text])
  return rested
}
