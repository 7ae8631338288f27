/** Where things are let go: what each becomes at once, and a menu where a person chooses. */
import { Menu as Base } from '@base-ui/react/menu'
import { createContext, type DragEvent, type ReactNode, useContext, useState } from 'react'
import { idIn } from '../api/assets'
import { useChangeShot } from '../api/projects'
import { Icon, type IconName } from '../parts/Icon'
import menu from '../parts/Menu.module.css'
import { notify } from '../parts/Toast'
import { useWords } from '../words/words'
import { useComposing } from './composing'
import { recipeOf } from './draft/canvas'
import { onlyWay, type Spot, type Way, type WayName, waysOf } from './draft/ways'
import styles from './dropping.module.css'
import { type Point, useHanded } from './handing'
import { dropped, hovering, type Thing } from './things'
import { type Uploads, useUploads } from './useUploads'

interface Dropping extends Uploads {
  /** Puts a thing to use: at once where there is one way, by a menu at the point where there are several. */
  offer(thing: Thing, spot: Spot, point: Point): void
  use(thing: Thing, way: Way): Promise<void>
}
interface Asked {
  thing: Thing
  ways: Way[]
  point: Point
}

export const WAY_ICONS: Record<WayName, IconName> = {
  first: 'first',
  last: 'last',
  here: 'pin',
  after: 'after',
  before: 'before',
  modify: 'modify',
  reframe: 'reframe',
  sound_for: 'sound',
  sound: 'sound',
  ending: 'first',
  recipe: 'copy',
  reference: 'still',
}

const Here = createContext<Dropping | null>(null)

export function useDropping(): Dropping {
  const dropping = useContext(Here)
  if (dropping === null) throw new Error('useDropping is for what stands inside of <Drops>')
  return dropping
}

export function Drops({ children }: { children: ReactNode }) {
  const { draft, model, edit, keeper, shot, project, cursor, span, onProblem } = useComposing()
  const { t } = useWords()
  const [asked, ask] = useState<Asked | null>(null)
  const uploads = useUploads()
  const change = useChangeShot(project.id)

  const use = async (thing: Thing, { name, edit: editFor }: Way) => {
    try {
      if (name === 'recipe' && thing.take) {
        const { kind, count } = keeper.held.draft
        return edit({ do: 'replace', draft: { ...recipeOf(thing.take), kind, count } })
      }
      const reference = await uploads.bring(thing)
      const id = idIn(reference)
      if (name === 'reference') {
        if (id === null || shot.references.includes(id)) return
        await change.mutateAsync({ id: shot.id, change: { references: [...shot.references, id] } })
      } else if (name === 'ending') {
        if (id !== null && editFor) edit(editFor(await uploads.bringEnding(id)))
      } else if (editFor) edit(editFor(reference))
    } catch (error) {
      if (!(error instanceof DOMException && error.name === 'AbortError')) onProblem(error)
    }
  }
  const offer = (thing: Thing, spot: Spot, point: Point) => {
    const ways = waysOf({ of: thing.of, hasRecipe: thing.take !== undefined }, spot, draft, model)
    const only = onlyWay(ways)
    if (only) return void use(thing, only)
    if (ways.some((way) => way.why === null)) return ask({ thing, ways, point })
    const why = ways[0]?.why
    notify({
      title: t('composer.drop.cannot'),
      more: why ? t(`composer.clash.${why.name}`) : undefined,
      isGrave: true,
    })
  }
  useHanded((thing, point) => offer(thing, { on: 'anywhere', time: cursor / span.rate }, point))
  return (
    <Here value={{ ...uploads, offer, use }}>
      {children}
      {asked && <WayMenu {...asked} onUse={(way) => void use(asked.thing, way)} onClose={() => ask(null)} />}
    </Here>
  )
}

interface WayMenuProps extends Asked {
  onUse(way: Way): void
  onClose(): void
}

function WayMenu({ ways, point, onUse, onClose }: WayMenuProps) {
  const { t } = useWords()
  const anchor = { getBoundingClientRect: () => DOMRect.fromRect({ ...point, width: 0, height: 0 }) }
  return (
    <Base.Root open onOpenChange={(open) => !open && onClose()}>
      <Base.Portal>
        <Base.Positioner className={menu.over} anchor={anchor} side="bottom" align="start" sideOffset={4}>
          <Base.Popup className={menu.popup} aria-label={t('composer.drop.ways')}>
            {ways.map((way) => (
              <Base.Item
                key={way.name}
                className={menu.item}
                disabled={way.why !== null}
                onClick={() => onUse(way)}
              >
                <Icon name={WAY_ICONS[way.name]} />
                <span className={styles.way}>
                  {t(`composer.way.${way.name}`)}
                  {way.why && <small>{t(`composer.clash.${way.why.name}`)}</small>}
                </span>
              </Base.Item>
            ))}
          </Base.Popup>
        </Base.Positioner>
      </Base.Portal>
    </Base.Root>
  )
}

/** Lets things be dropped on an element. `spotAt` says which spot of the composer a point of it is. */
export function useDropsOn(spotAt: (event: DragEvent) => Spot) {
  const { offer } = useDropping()
  const { project } = useComposing()
  const [isOver, setOver] = useState(false)
  return {
    isOver,
    drops: {
      onDragOver: (event: DragEvent) => {
        if (hovering(event) === null) return
        event.preventDefault()
        event.stopPropagation()
        event.dataTransfer.dropEffect = 'copy'
        setOver(true)
      },
      onDragLeave: (event: DragEvent) => {
        if (!event.currentTarget.contains(event.relatedTarget as Node | null)) setOver(false)
      },
      onDrop: (event: DragEvent) => {
        event.preventDefault()
        event.stopPropagation()
        setOver(false)
        const spot = spotAt(event)
        const { things } = dropped(event, project)
        const many = spot.on === 'references' ? things : things.slice(0, 1)
        for (const thing of many) offer(thing, spot, { x: event.clientX, y: event.clientY })
      },
    },
  }
}
