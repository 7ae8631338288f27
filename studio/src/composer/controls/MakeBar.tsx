/** What is made of it: a still, drafts first, then a master; what it costs and how long it takes; and the button. */
import type { Estimate, Take, TakeKind } from '../../api/types'
import { Button } from '../../parts/Button'
import { Segmented } from '../../parts/Segmented'
import { Tip } from '../../parts/Tip'
import { useWords } from '../../words/words'
import { useComposing } from '../composing'
import { MOST_TAKES } from '../draft/draft'
import { askedAgain, askedOf, expectedSeconds } from '../draft/expected'
import styles from './MakeBar.module.css'
import { Price } from './Price'
import { Stepper } from './Stepper'

const KINDS: TakeKind[] = ['still', 'draft', 'master']

interface MakeBarProps {
  estimate: Estimate | undefined
  isMaking: boolean
  /** A file that is to be in it is still being sent. */
  isAwaiting: boolean
  /** The draft that a master is made from; null: from what stands here. */
  from: Take | null
  /** The one that it may be made from. */
  mayBeFrom: Take | null
  onFrom(take: Take | null): void
  onMake(): void
}

export function MakeBar({ estimate, isMaking, isAwaiting, from, mayBeFrom, onFrom, onMake }: MakeBarProps) {
  const { t } = useWords()
  const { project, draft, model, span, edit, clashes } = useComposing()
  const isMaster = draft.kind === 'master'
  const why = isMaster && from !== null ? undefined : clashes[0]
  const isImpossible = why !== undefined || isAwaiting || estimate?.is_possible === false
  const label = t(`composer.make.${draft.kind}`, { count: from === null ? draft.count : 1 })
  return (
    <div className={styles.bar}>
      <Segmented
        label={t('composer.kind')}
        value={draft.kind}
        segments={KINDS.map((kind) => ({ value: kind, label: t(`film.kind.${kind}`), icon: kind }))}
        onChange={(kind) => edit({ do: 'set', values: { kind } })}
      />
      {isMaster && mayBeFrom !== null && (
        <Segmented
          isSmall
          label={t('composer.from')}
          value={from === null ? 'here' : 'take'}
          segments={[
            { value: 'take', label: t('composer.from.take', { number: mayBeFrom.number }) },
            { value: 'here', label: t('composer.from.here') },
          ]}
          onChange={(value) => onFrom(value === 'take' ? mayBeFrom : null)}
        />
      )}
      {from === null && (
        <Stepper
          label={t('composer.count')}
          value={draft.count}
          min={1}
          max={MOST_TAKES}
          onChange={(count) => edit({ do: 'set', values: { count } })}
        />
      )}
      <Price
        estimate={estimate}
        seconds={expectedSeconds(
          project.shots.flatMap((shot) => shot.takes),
          from === null ? askedOf(draft, model, span) : askedAgain(from, 'master'),
        )}
        count={from === null ? draft.count : 1}
      />
      <Tip
        label={why ? t(`composer.clash.${why.name}`) : isAwaiting ? t('composer.make.awaits') : label}
        {...(!isImpossible && { hotkey: draft.kind === 'draft' ? 'Mod+Enter' : 'Mod+Shift+Enter' })}
      >
        <span className={styles.go}>
          <Button weight="first" icon={draft.kind} isBusy={isMaking} disabled={isImpossible} onClick={onMake}>
            {label}
          </Button>
        </span>
      </Tip>
    </div>
  )
}
