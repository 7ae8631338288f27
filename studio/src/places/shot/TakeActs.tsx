/** The row under the picture: what can be done with the take that is looked at. */
import { useEstimate } from '../../api/takes'
import type { ProjectWhole, Shot, Take } from '../../api/types'
import { Price } from '../../composer/controls/Price'
import { masterOf } from '../../composer/draft/canvas'
import { askedAgain, expectedSeconds } from '../../composer/draft/expected'
import { Button, IconButton } from '../../parts/Button'
import { Icon } from '../../parts/Icon'
import { useHotkeys } from '../../parts/keys'
import { useWords } from '../../words/words'
import { isUnderWay, mainOutput, takesOf } from '../common/jobs'
import { type Looking, rivalOf } from './looking'
import styles from './TakeActs.module.css'
import type { TakeActing } from './useTakeActs'

interface TakeActsProps {
  project: ProjectWhole
  take: Take
  shot: Shot
  takes: readonly Take[]
  acts: TakeActing
  looking: Looking
}

export function TakeActs({ project, take, shot, takes, acts, looking }: TakeActsProps) {
  const { t } = useWords()
  const isMade = take.job.state === 'succeeded'
  const isChosen = shot.chosen_take_id === take.id
  const isArchived = project.archived_at !== null
  const rival = rivalOf(take, takes)
  const canMaster = !isArchived && isMade && take.kind !== 'master'
  const estimate = useEstimate(shot, canMaster ? masterOf(take) : null).data
  const compare = () => (looking.other ? looking.alone() : rival && looking.compare(rival.id))
  const file = mainOutput(take.job)

  useHotkeys(t('shot.take'), [
    {
      keys: 'c',
      label: t(isChosen ? 'shot.unchoose' : 'shot.choose'),
      run: () => acts.choose(take),
      isOff: !isMade || isArchived,
    },
    { keys: 'h', label: t('shot.master'), run: () => acts.master(take), isOff: !canMaster },
    { keys: 'a', label: t('shot.again.same'), run: () => acts.again(take, 'same'), isOff: isArchived },
    { keys: 'r', label: t('shot.again.new'), run: () => acts.again(take, 'new'), isOff: isArchived },
    { keys: 'v', label: t('shot.compare'), run: compare, isOff: !isMade || rival === null },
    {
      keys: 'Delete',
      label: t('shot.take.delete'),
      run: () => acts.remove(take),
      isOff: isArchived || isChosen || isUnderWay(take.job),
    },
    { keys: 'ArrowDown', label: t('shot.keys.next'), run: () => looking.step(1) },
    { keys: 'ArrowUp', label: t('shot.keys.previous'), run: () => looking.step(-1) },
  ])
  return (
    <div className={styles.acts}>
      <Button
        icon={isChosen ? 'check' : 'star'}
        weight={isMade && !isChosen && take.kind === 'master' ? 'first' : 'plain'}
        disabled={!isMade || isArchived}
        aria-pressed={isChosen}
        onClick={() => acts.choose(take)}
      >
        {t(isChosen ? 'film.state.chosen' : 'shot.choose')}
      </Button>
      {canMaster && (
        <Button icon="master" weight="first" isBusy={acts.isMaking} onClick={() => acts.master(take)}>
          {t('shot.master')}
        </Button>
      )}
      {canMaster && (
        <Price
          estimate={estimate}
          seconds={expectedSeconds(takesOf(project), askedAgain(take, 'master'))}
          isQuiet
        />
      )}
      <span className={styles.space} />
      <IconButton
        icon="again"
        label={t('shot.again.same')}
        hotkey="a"
        disabled={isArchived}
        onClick={() => acts.again(take, 'same')}
      />
      <IconButton
        icon="shuffle"
        label={t('shot.again.new')}
        hotkey="r"
        disabled={isArchived}
        onClick={() => acts.again(take, 'new')}
      />
      <IconButton
        icon="compare"
        label={t('shot.compare')}
        hotkey="v"
        aria-pressed={looking.other !== null}
        disabled={!isMade || rival === null}
        onClick={compare}
      />
      {file && (
        <a
          className={styles.file}
          href={file.url}
          download
          aria-label={t('shot.download')}
          title={t('shot.download')}
        >
          <Icon name="download" />
        </a>
      )}
      <IconButton
        icon="trash"
        label={t(isChosen ? 'shot.take.delete.chosen' : 'shot.take.delete')}
        hotkey="Delete"
        disabled={isArchived || isChosen || isUnderWay(take.job)}
        onClick={() => acts.remove(take)}
      />
    </div>
  )
}
