/** What stands in the way, in words, with what ends it; files on their way; and whether all is kept. */
import { ApiError } from '../../api/errors'
import type { Estimate } from '../../api/types'
import { Button, IconButton } from '../../parts/Button'
import { Icon } from '../../parts/Icon'
import { Progress } from '../../parts/Progress'
import { toldOf } from '../../words/refusals'
import { useWords } from '../../words/words'
import { useComposing } from '../composing'
import { fixOf } from '../draft/fixes'
import { useDropping } from '../dropping'
import styles from './Notes.module.css'
import { ReferencesNote } from './ReferencesNote'

export function Notes({ estimate }: { estimate: Estimate | undefined }) {
  const { clashes } = useComposing()
  // an empty draft is a beginning, no mistake
  const told = clashes.filter((clash) => clash.name !== 'empty')
  return (
    <ul className={styles.notes} role="status">
      <Sendings />
      <Keeping />
      <ReferencesNote />
      {told.map((clash) => (
        <ClashNote key={clash.name} clash={clash} />
      ))}
      {clashes.length === 0 && estimate?.obstacles.map((one) => <Obstacle key={one.message} {...one} />)}
    </ul>
  )
}

function ClashNote({ clash }: { clash: ReturnType<typeof useComposing>['clashes'][number] }) {
  const { t, named } = useWords()
  const { draft, model, span, edit } = useComposing()
  const fix = fixOf(clash, draft, model, span)
  return (
    <li className={styles.note}>
      <Icon name="warning" size={14} />
      <span>{t(`composer.clash.${clash.name}`)}</span>
      {fix.length > 0 && (
        <Button isSmall onClick={() => fix.forEach(edit)}>
          {named('composer.fix', clash.name.startsWith('cannot_') ? 'leave_out' : clash.name)}
        </Button>
      )}
    </li>
  )
}

function Obstacle({ field, ...refusal }: Estimate['obstacles'][number]) {
  const words = useWords()
  const { t, named } = words
  const { said, quoted } = toldOf(refusal, words)
  const place =
    field === null ? null : named('composer.field', field.replace(/^canvas\./, '').replace(/\..*$/, ''))
  return (
    <li className={styles.note}>
      <Icon name="warning" size={14} />
      <span>
        {place !== null && place !== field && <b>{place}: </b>}
        {said ?? <Quoted text={quoted} />}
        {refusal.code === 'no_credits' && ` ${t('errors.no_credits.advice')}`}
      </span>
    </li>
  )
}

function Why({ error }: { error: unknown }) {
  const words = useWords()
  if (!(error instanceof ApiError)) return null
  const { said, quoted } = toldOf(error, words)
  return said ?? <Quoted text={quoted} />
}

function Quoted({ text }: { text: string | undefined }) {
  const { t, language } = useWords()
  return (
    <>
      {language !== 'en' && `${t('errors.details')} `}
      <bdi lang="en">{text}</bdi>
    </>
  )
}

function Keeping() {
  const { t, named } = useWords()
  const { held, keeper } = useComposing()
  if (held.standing === 'away') {
    return (
      <li className={styles.note} data-quiet>
        <Icon name="again" size={14} />
        <span>{t('composer.away')}</span>
      </li>
    )
  }
  if (held.standing === 'refused') {
    return (
      <li className={styles.note}>
        <Icon name="warning" size={14} />
        <span>
          {t('composer.refused')} <Why error={held.error} />
        </span>
      </li>
    )
  }
  if (held.standing !== 'contested') return null
  const fields = held.contested.map((field) => named('composer.field', field)).join(t('composer.comma'))
  return (
    <li className={styles.note}>
      <Icon name="info" size={14} />
      <span>{t('composer.contested', { fields })}</span>
      <Button isSmall onClick={() => keeper.settle('mine')}>
        {t('composer.mine')}
      </Button>
      <Button isSmall onClick={() => keeper.settle('theirs')}>
        {t('composer.theirs')}
      </Button>
    </li>
  )
}

function Sendings() {
  const { t, percent } = useWords()
  const { sending } = useDropping()
  return sending.map((one) => (
    <li key={one.id} className={styles.note} data-quiet>
      <Icon name={one.name === null ? 'still' : 'upload'} size={14} />
      {one.name === null ? (
        <span>{t('composer.frame.cut')}</span>
      ) : (
        <bdi className={styles.name}>{one.name}</bdi>
      )}
      <span className={styles.bar}>
        <Progress
          fraction={one.fraction}
          label={one.name === null ? t('composer.frame.cut') : t('composer.upload', { name: one.name })}
        />
      </span>
      {one.fraction !== null && <span>{percent(one.fraction)}</span>}
      <IconButton
        isSmall
        icon="close"
        label={one.name === null ? t('common.cancel') : t('composer.upload.stop', { name: one.name })}
        onClick={one.stop}
      />
    </li>
  ))
}
