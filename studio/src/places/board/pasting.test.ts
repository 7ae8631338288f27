import { describe, expect, it } from 'vitest'
import { movedTo, pasted } from './pasting'

const ID = '0190163d-8694-739b-aea6-966c26f8ad91'
const OTHER = '0190163d-8694-739b-aea6-966c26f8ad92'
const PLACE = { x: 1, y: 2, width: 3, height: 4, layer: 5 }
const copied = (...items: object[]) => pasted(JSON.stringify(items.map((item) => ({ ...PLACE, ...item }))))

describe('what comes by the clipboard', () => {
  it('is items, or nothing', () => {
    for (const text of ['', 'a note', '{}', 'null', '{"kind":"note"}']) expect(pasted(text)).toBeNull()
    expect(copied({ kind: 'note', text: 'a' })).toMatchObject([{ kind: 'note', text: 'a', ...PLACE }])
  })

  it('is only what may lie on a board', () => {
    expect(
      copied(
        { kind: 'film' },
        { kind: 'note', x: 1e9 },
        { kind: 'note', width: 0 },
        { kind: 'note', y: '1' },
      ),
    ).toEqual([])
    const [item] =
      copied({ kind: 'picture', asset_id: '../me', url: '//elsewhere/x', poster_url: 'https://elsewhere' }) ??
      []
    expect(item).toMatchObject({ asset_id: null, url: null, poster_url: null })
  })

  it('goes to another project by its files', () => {
    const items = copied(
      { kind: 'note', text: 'a', project_id: ID },
      { kind: 'shot', shot_id: OTHER, project_id: ID },
      { kind: 'clip', take_id: OTHER, asset_id: ID, project_id: ID },
    )
    expect(movedTo(ID, items ?? [])).toMatchObject([{}, { kind: 'shot' }, { take_id: OTHER, asset_id: null }])
    expect(movedTo(OTHER, items ?? [])).toMatchObject([{ text: 'a' }, { take_id: null, asset_id: ID }])
  })
})
