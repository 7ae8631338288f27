/** Where a take comes from: everything that it takes to make it again, and every file with its hash. */
import type { ReactNode } from 'react'
import type { Canvas, Drawing, Take } from '../../api/types'
import { spentSeconds } from '../../composer/draft/expected'
import { DrawnOn } from '../../composer/drawing/DrawnOn'
import { IconButton } from '../../parts/Button'
import { Icon } from '../../parts/Icon'
import { notify } from '../../parts/Toast'
import { useWords } from '../../words/words'
import { costOf, seedOf } from '../common/jobs'
import { JobMark } from '../common/State'
import styles from './Provenance.module.css'

interface ProvenanceProps {
  take: Take | null
  takes: readonly Take[]
  onLook(id: string): void
}

export function Provenance({ take, takes, onLook }: ProvenanceProps) {
  const { t } = useWords()
  return (
    <aside className={styles.panel} aria-label={t('shot.provenance')}>
      <h2 className={styles.title}>{t('shot.provenance')}</h2>
      {take === null ? (
        <p className={styles.none}>{t('shot.provenance.empty')}</p>
      ) : (
        <Of {...{ take, takes, onLook }} />
      )}
    </aside>
  )
}

function Of({ take, takes, onLook }: ProvenanceProps & { take: Take }) {
  const { t, number, length, date } = useWords()
  const { job } = take
  const made = read(job.take)
  const parent = takes.find((one) => one.id === take.parent_take_id)
  const seed = seedOf(take)
  const spent = spentSeconds(job)
  return (
    <>
      <dl className={styles.facts}>
        <Fact name={t('film.take', { number: take.number })}>
          {t(`film.kind.${take.kind}`)}
          {t('common.between')}
          <JobMark job={job} />
        </Fact>
        {parent && (
          <Fact name={t('shot.from')}>
            <button type="button" className={styles.link} onClick={() => onLook(parent.id)}>
              {t('film.take', { number: parent.number })}
              {t('common.between')}
              {t(`film.kind.${parent.kind}`)}
            </button>
          </Fact>
        )}
        <Fact name={t('film.seed')} copy={seed === null ? undefined : String(seed)}>
          {seed === null ? t('shot.seed.drawn') : <Code>{seed}</Code>}
        </Fact>
        <Fact name={t('film.model')}>
          <Code>{job.model}</Code>
        </Fact>
        {made.weights && (
          <Fact name={t('shot.weights')} copy={made.weights}>
            <Code>{made.weights.slice(0, 12)}</Code>
          </Fact>
        )}
        {made.width && made.height && (
          <Fact name={t('film.size')}>
            {number(made.width)} × {number(made.height)}
            {made.nativeWidth !== made.width && made.nativeWidth && made.nativeHeight && (
              <small>{t('shot.native', { width: made.nativeWidth, height: made.nativeHeight })}</small>
            )}
          </Fact>
        )}
        {made.frames && made.rate && (
          <Fact name={t('film.duration')}>
            {length(made.frames / made.rate)}
            <small>{t('shot.frames', { count: made.frames, rate: made.rate })}</small>
          </Fact>
        )}
        <Fact name={t('shot.cost')}>
          {t('film.credits', { cost: costOf(job) })}
          {job.cost > costOf(job) && <small>{t('shot.cost.back', { cost: job.cost })}</small>}
        </Fact>
        {spent !== null && (
          <Fact name={t('shot.spent')}>
            {length(spent)}
            {made.calls && <small>{t('shot.calls', { count: made.calls })}</small>}
          </Fact>
        )}
        <Fact name={t('shot.asked')}>{date(job.created_at)}</Fact>
      </dl>
      <CanvasTold canvas={job.canvas} />
      {take.drawing && <Drawn drawing={take.drawing} takes={takes} onLook={onLook} />}
      <Settings settings={(made.settings ?? job.settings) as Record<string, unknown>} />
      {made.notes.length > 0 && (
        <ul className={styles.notes}>
          {made.notes.map((note) => (
            <li key={note}>
              <bdi lang="en">{note}</bdi>
            </li>
          ))}
        </ul>
      )}
      <Files outputs={job.outputs} />
      {job.take && (
        <details className={styles.whole}>
          <summary>{t('shot.record')}</summary>
          <pre dir="ltr">{JSON.stringify(job.take, null, 1)}</pre>
        </details>
      )}
    </>
  )
}

function CanvasTold({ canvas }: { canvas: Canvas }) {
  const { t } = useWords()
  const { prompt, negative_prompt: without } = canvas
  return (
    <section className={styles.part}>
      <h3>{t('film.prompt')}</h3>
      <p dir="auto">{prompt || t('common.none')}</p>
      {without && (
        <>
          <h3>{t('shot.without')}</h3>
          <p dir="auto">{without}</p>
        </>
      )}
    </section>
  )
}

interface DrawnProps extends Pick<ProvenanceProps, 'takes' | 'onLook'> {
  drawing: Drawing
}

function Drawn({ drawing, takes, onLook }: DrawnProps) {
  const { t, place } = useWords()
  const { ground } = drawing
  const on = takes.find((one) => one.id === ground?.take_id)
  return (
    <section className={styles.part}>
      <h3>{t('composer.drawing')}</h3>
      {ground && (
        <div className={styles.drawn}>
          <DrawnOn drawing={drawing} shape={16 / 9} />
        </div>
      )}
      <p className={styles.drawnOn}>
        {on && (
          <button type="button" className={styles.link} onClick={() => onLook(on.id)}>
            {t('film.take', { number: on.number })}
          </button>
        )}{' '}
        {ground?.frame == null
          ? t('composer.at.short', { time: place(drawing.at_seconds) })
          : t('composer.at', { frame: ground.frame, time: place(drawing.at_seconds) })}{' '}
        · {t('composer.draw.count', { count: drawing.marks.length })}
      </p>
    </section>
  )
}

/** What the kind of a take says already. */
const KIND = 'is_draft'

function Settings({ settings }: { settings: Record<string, unknown> }) {
  const { t, named, number } = useWords()
  const told = Object.entries(settings).filter(([name, value]) => name !== KIND && value != null)
  if (told.length === 0) return null
  return (
    <section className={styles.part}>
      <h3>{t('shot.settings')}</h3>
      <dl className={styles.raw}>
        {told.map(([name, value]) => (
          <div key={name}>
            <dt>
              <bdi>{named('shot.setting', name).replaceAll('_', ' ')}</bdi>
            </dt>
            <dd>
              {typeof value === 'boolean' ? (
                t(value ? 'common.yes' : 'common.no')
              ) : typeof value === 'number' ? (
                number(value, 3)
              ) : (
                <bdi dir="ltr">{typeof value === 'object' ? JSON.stringify(value) : String(value)}</bdi>
              )}
            </dd>
          </div>
        ))}
      </dl>
    </section>
  )
}

const ROLES = ['video', 'image', 'thumbnail', 'spritesheet'] as const

function Files({ outputs }: { outputs: Take['job']['outputs'] }) {
  const { t, bytes } = useWords()
  const told = ROLES.flatMap((role) => (outputs[role] ? [{ role, file: outputs[role] }] : []))
  if (told.length === 0) return null
  return (
    <section className={styles.part}>
      <h3>{t('shot.files')}</h3>
      <ul className={styles.files}>
        {told.map(({ role, file }) => (
          <li key={role}>
            <a href={file.url} download>
              <Icon name="download" size={14} />
              {t(`shot.file.${role}`)}
            </a>
            <small>{bytes(file.size_bytes)}</small>
            <Copy text={file.sha256} label={t('shot.hash.copy')} />
            <Code>{file.sha256.slice(0, 12)}</Code>
          </li>
        ))}
      </ul>
    </section>
  )
}

interface FactProps {
  name: string
  copy?: string | undefined
  children: ReactNode
}

function Fact({ name, copy, children }: FactProps) {
  const { t } = useWords()
  return (
    <div>
      <dt>{name}</dt>
      <dd>
        {children}
        {copy && <Copy text={copy} label={t('shot.copy')} />}
      </dd>
    </div>
  )
}

function Copy({ text, label }: { text: string; label: string }) {
  const { t } = useWords()
  const copy = async () => {
    await navigator.clipboard.writeText(text)
    notify({ title: t('shot.copied'), forMs: 2_000 })
  }
  if (!('clipboard' in navigator)) return null // on plain http from afar browsers have none
  return <IconButton icon="copy" label={label} isSmall onClick={() => void copy()} />
}

function Code({ children }: { children: ReactNode }) {
  return (
    <bdi className={styles.code} dir="ltr">
      {children}
    </bdi>
  )
}

/** What a take's record says, as far as it does. */
function read(record: Record<string, unknown> | null) {
  const number = (name: string) => (typeof record?.[name] === 'number' ? (record[name] as number) : null)
  const notes = record?.notes
  return {
    weights: typeof record?.weights_hash === 'string' ? record.weights_hash : null,
    width: number('width'),
    height: number('height'),
    nativeWidth: number('native_width'),
    nativeHeight: number('native_height'),
    frames: number('frames'),
    rate: number('frame_rate'),
    calls: number('network_calls'),
    settings: record?.settings ?? null,
    notes: Array.isArray(notes) ? notes.map(String) : [],
  }
}
