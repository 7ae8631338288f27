/** Files that a shot is to look like: dropped here, and dragged from here. */
import { contentOf, useAsset } from '../api/assets'
import { useChangeShot } from '../api/projects'
import { Icon } from '../parts/Icon'
import { Menu } from '../parts/Menu'
import { Picture } from '../parts/Picture'
import { useWords } from '../words/words'
import { useComposing } from './composing'
import { waysOf } from './draft/ways'
import { useDropping, useDropsOn, WAY_ICONS } from './dropping'
import styles from './References.module.css'
import { carries, thingOfAsset } from './things'

export function References() {
  const { t } = useWords()
  const { shot } = useComposing()
  const { isOver, drops } = useDropsOn(() => ({ on: 'references' }))
  return (
    <div className={styles.tray} data-over={isOver || undefined} {...drops}>
      <span className={styles.title}>{t('composer.references')}</span>
      {shot.references.map((id) => (
        <Reference key={id} id={id} />
      ))}
      {shot.references.length === 0 && <span className={styles.hint}>{t('composer.references.empty')}</span>}
    </div>
  )
}

function Reference({ id }: { id: string }) {
  const { t } = useWords()
  const { shot, project, draft, model, span, cursor, onProblem } = useComposing()
  const { use } = useDropping()
  const change = useChangeShot(project.id)
  const asset = useAsset(id).data
  const thing = asset ? thingOfAsset(asset) : null
  if (thing === null) return null
  const ways = waysOf(
    { of: thing.of, hasRecipe: false },
    { on: 'anywhere', time: cursor / span.rate },
    draft,
    model,
  )
  const remove = () =>
    change.mutate(
      { id: shot.id, change: { references: shot.references.filter((one) => one !== id) } },
      { onError: onProblem },
    )
  return (
    <Menu
      trigger={
        <button
          type="button"
          className={styles.one}
          aria-label={thing.name || t('composer.reference')}
          {...carries(thing)}
        >
          {thing.of === 'clip' ? (
            <video
              src={`${contentOf(id)}#t=0.001`}
              preload="metadata"
              muted
              tabIndex={-1}
              aria-hidden="true"
            />
          ) : thing.of === 'picture' ? (
            <Picture src={thing.picture} alt="" shape={1.4} covers />
          ) : (
            <Icon name="sound" />
          )}
        </button>
      }
      acts={[
        ...ways
          .filter((way) => way.name !== 'reference')
          .map((way) => ({
            name: way.name,
            label: t(`composer.way.${way.name}`),
            icon: WAY_ICONS[way.name],
            isOff: way.why !== null,
            run: () => void use(thing, way),
          })),
        { name: 'remove', label: t('composer.reference.remove'), icon: 'trash', run: remove },
      ]}
    />
  )
}
