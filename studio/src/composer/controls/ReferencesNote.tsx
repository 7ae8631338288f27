/** Says before anything is spent that the model does not look at the shot's references, and offers what would work. */
import { useAsset } from '../../api/assets'
import { Button } from '../../parts/Button'
import { Icon } from '../../parts/Icon'
import { useWords } from '../../words/words'
import { useComposing } from '../composing'
import { insteadOf, referencesOf } from '../draft/references'
import { useDropping, WAY_ICONS } from '../dropping'
import { thingOfAsset } from '../things'
import styles from './Notes.module.css'

const MOST = 3

export function ReferencesNote() {
  const { t } = useWords()
  const { shot, draft, model, models } = useComposing()
  if (model === null) return null
  const { unseen, seers } = referencesOf(shot.references, draft, model, models)
  if (unseen.length === 0) return null
  return (
    <li className={styles.note} data-quiet>
      <Icon name="info" size={14} />
      <span>
        {t('composer.references.unseen', { model: model.name })}{' '}
        {seers.length > 0 && t('composer.references.seers', { models: seers.join(t('composer.comma')) })}
      </span>
      {unseen.slice(0, MOST).map((id) => (
        <Instead key={id} id={id} />
      ))}
    </li>
  )
}

function Instead({ id }: { id: string }) {
  const { t } = useWords()
  const { draft, model } = useComposing()
  const { use } = useDropping()
  const asset = useAsset(id).data
  const thing = asset ? thingOfAsset(asset) : null
  const way = thing && model ? insteadOf(thing.of, draft, model)[0] : undefined
  if (thing === null || way === undefined) return null
  const label = t(`composer.way.${way.name}`)
  return (
    <Button
      isSmall
      icon={WAY_ICONS[way.name]}
      aria-label={`${label}: ${thing.name || t('composer.reference')}`}
      onClick={() => void use(thing, way)}
    >
      {label}
    </Button>
  )
}
