import { describe, expect, it } from 'vitest'
import type { BoardItem, Shot, Take } from '../../api/types'
import { wordsOf } from '../../words/words'
import { isIn, nameOf } from './naming'

const shot = { id: 's', number: 3, title: '', prompt: 'a red ball' } as Shot
const take = { id: 't', number: 2 } as Take
const film = { shots: new Map([['s', shot]]), takes: new Map([['t', { take, shot }]]) }
const named = (item: Partial<BoardItem>, language: 'en' | 'ar' = 'en') =>
  nameOf(
    { text: null, name: null, take_id: null, shot_id: null, ...item } as BoardItem,
    film,
    wordsOf(language),
  )

describe('an item', () => {
  it('is called by what it shows', () => {
    expect(named({ kind: 'note', text: ' Dawn,\n  then noon ' })).toBe('Dawn, then noon')
    expect(named({ kind: 'shot', shot_id: 's' })).toBe('Shot 3 · a red ball')
    expect(named({ kind: 'clip', take_id: 't' })).toBe('Clip · Shot 3 · Take 2')
    expect(named({ kind: 'picture', name: 'lamp.png' })).toBe('Picture · lamp.png')
    expect(named({ kind: 'clip', take_id: 't' }, 'ar')).toContain('٣')
  })
})

it('words are found however they are written', () => {
  expect(isIn('A Red Ball', 'ball red')).toBe(true)
  expect(isIn('كُرةٌ حمراء على الأرض', 'الارض كره')).toBe(true)
  expect(isIn('Café', 'cafe')).toBe(true)
  expect(isIn('A Red Ball', 'blue')).toBe(false)
})
