import { describe, expect, it } from 'vitest'
import type { BoardItem, Shot } from '../api/types'
import { filesOf } from './files'

const shot = (number: number, more: Partial<Shot> = {}) =>
  ({ id: `s${number}`, number, references: [], composer: null, takes: [], ...more }) as unknown as Shot
const lying = (asset_id: string | null, more: Partial<BoardItem> = {}) =>
  ({ asset_id, mime_type: 'image/png', name: 'lamp.png', poster_url: null, ...more }) as BoardItem

describe('the files of a project', () => {
  const take = {
    job: { canvas: { keyframes: [{ image: 'asset:c', at_seconds: 0 }] }, outputs: { video: { id: 'made' } } },
  } as unknown as Shot['takes'][number]
  const shots = [
    shot(1, { references: ['a', 'b'], takes: [take] }),
    shot(2, {
      references: ['b'],
      composer: { canvas: { extension: { clip: 'asset:made' }, prompt: 'asset:' } },
    }),
  ]
  const clip = lying('d', { mime_type: 'video/mp4', poster_url: '/poster' })

  it('are told once each, with all that they are used for, those of the shot first', () => {
    const found = filesOf({ shots }, { id: 's2' }, [lying('a'), clip, lying(null)])
    expect(
      found.map(({ id, uses }) => [id, uses.map((use) => `${use.as} ${use.shot ?? ''}`.trim())]),
    ).toEqual([
      ['b', ['reference 2', 'reference 1']],
      ['a', ['board', 'reference 1']],
      ['d', ['board']],
      ['c', ['take 1']],
    ])
  })

  it('are known by what lies on the board, with the look of a clip', () => {
    const [, , film] = filesOf({ shots }, { id: 's2' }, [lying('a'), clip])
    expect(film?.thing).toMatchObject({ of: 'clip', picture: '/poster', from: { asset: 'd' } })
  })
})
