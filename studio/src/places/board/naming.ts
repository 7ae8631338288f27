/** What items are called, to be read out and to be found. */
import type { BoardItem, ProjectWhole, Shot, Take } from '../../api/types'
import type { Words } from '../../words/words'

export interface Film {
  shots: ReadonlyMap<string, Shot>
  takes: ReadonlyMap<string, { take: Take; shot: Shot }>
}

const LONGEST = 90

export function filmOf({ shots }: Pick<ProjectWhole, 'shots'>): Film {
  return {
    shots: new Map(shots.map((shot) => [shot.id, shot])),
    takes: new Map(shots.flatMap((shot) => shot.takes.map((take) => [take.id, { take, shot }] as const))),
  }
}

export function nameOf(item: BoardItem, film: Film, { t }: Pick<Words, 't'>): string {
  if (item.kind === 'note') return shortened(item.text ?? '') || t('board.note.empty')
  if (item.kind === 'shot') {
    const shot = film.shots.get(item.shot_id ?? '')
    return shot === undefined ? t('board.shot.gone') : titleOf(shot, { t })
  }
  const kind = t(`board.${item.kind}`)
  const made = film.takes.get(item.take_id ?? '')
  const from =
    made === undefined
      ? (item.name ?? '')
      : `${t('film.shot', { number: made.shot.number })} · ${t('film.take', { number: made.take.number })}`
  return from === '' ? kind : `${kind} · ${from}`
}

export function titleOf(shot: Shot, { t }: Pick<Words, 't'>): string {
  const said = shortened(shot.title || shot.prompt)
  return [t('film.shot', { number: shot.number }), said].filter(Boolean).join(' · ')
}

/** Whether all words that are looked for are in a text, however they are written. */
export function isIn(text: string, sought: string): boolean {
  const plainText = plain(text)
  return plain(sought)
    .split(/\s+/)
    .every((word) => plainText.includes(word))
}

/** Without capitals, accents, vowel signs, and the differences that Arabic hands often leave out. */
function plain(text: string): string {
  return text
    .normalize('NFKD')
    .replace(/[\p{M}\u0640]/gu, '')
    .replace(/[\u0671\u0622\u0623\u0625]/g, '\u0627')
    .replace(/\u0649/g, '\u064a')
    .replace(/\u0629/g, '\u0647')
    .toLowerCase()
    .trim()
}

function shortened(text: string): string {
  const line = text.trim().replace(/\s+/g, ' ')
  return line.length > LONGEST ? `${line.slice(0, LONGEST - 1)}…` : line
}
