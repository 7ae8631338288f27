/** How far a turn is, and how long it usually takes: play is not live, and does not pretend to be. */
import { useEffect, useState } from 'react'
import type { Take } from '../../api/types'
import { Button } from '../../parts/Button'
import { Progress } from '../../parts/Progress'
import { useWords } from '../../words/words'
import { useLook } from '../common/TakePicture'
import styles from './PlayOpen.module.css'

interface MakingProps {
  /** null: it is being asked for. */
  take: Take | null
  /** That are played. */
  seconds: number
  /** That it usually takes. */
  usual: number | null
  onCancel: (() => void) | null
}

export function Making({ take, seconds, usual, onCancel }: MakingProps) {
  const { t, length } = useWords()
  const passed = usePassed()
  return (
    <div className={styles.making}>
      <p>
        {t('play.making', { time: length(seconds) })}{' '}
        {usual !== null && t('play.usual', { time: length(usual) })}
      </p>
      {take === null ? <Progress fraction={null} label={t('play.asking')} /> : <Done take={take} />}
      <p className={styles.passed}>
        {t('play.passed', { time: length(passed) })}
        {onCancel && (
          <Button isSmall onClick={onCancel}>
            {t('common.cancel')}
          </Button>
        )}
      </p>
    </div>
  )
}

function Done({ take }: { take: Take }) {
  const { t } = useWords()
  const look = useLook(take.job)
  return <Progress fraction={look.fraction} label={look.words || t('film.job.queued')} />
}

/** Whole seconds since it began. */
function usePassed(): number {
  const [began] = useState(() => Date.now())
  const [passed, setPassed] = useState(0)
  useEffect(() => {
    const ticking = setInterval(() => setPassed(Math.floor((Date.now() - began) / 1000)), 250)
    return () => clearInterval(ticking)
  }, [began])
  return passed
}
