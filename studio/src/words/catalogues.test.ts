import { type MessageFormatElement, parse, TYPE } from '@formatjs/icu-messageformat-parser'
import { describe, expect, it } from 'vitest'
import { CATALOGUES } from './catalogues'
import { wordsOf } from './words'

const { en, ar } = CATALOGUES
const ARABIC_FORMS = ['zero', 'one', 'two', 'few', 'many', 'other']

describe('the catalogues', () => {
  it('have the same keys', () => {
    expect(Object.keys(ar).sort()).toEqual(Object.keys(en).sort())
  })

  it.each(Object.keys(en) as (keyof typeof en)[])('%s takes the same values in both languages', (key) => {
    expect(valuesOf(ar[key])).toEqual(valuesOf(en[key]))
  })

  it('count in all six forms of Arabic', () => {
    const lacking = Object.entries(ar).filter(([, text]) =>
      pluralsOf(text).some((forms) => ARABIC_FORMS.some((form) => !forms.includes(form))),
    )
    expect(lacking.map(([key]) => key)).toEqual([])
  })

  it('leave no word untranslated', () => {
    const same = Object.keys(en).filter((key) => en[key as keyof typeof en] === ar[key as keyof typeof en])
    expect(same).toEqual([])
  })
})

describe('words', () => {
  it('count shots in the plurals of each language', () => {
    const english = wordsOf('en')
    const arabic = wordsOf('ar')
    expect([1, 3].map((count) => english.t('film.shots', { count }))).toEqual(['1 shot', '3 shots'])
    expect([1, 2, 3, 11, 100].map((count) => arabic.t('film.shots', { count }))).toEqual([
      'لقطة واحدة',
      'لقطتان',
      '٣ لقطات',
      '١١ لقطة',
      '١٠٠ لقطة',
    ])
  })

  it('write western numerals where a person prefers them', () => {
    expect(wordsOf('ar', 'western').t('film.shots', { count: 3 })).toBe('3 لقطات')
  })

  it('say a name that no message has as it is', () => {
    expect(wordsOf('ar').named('film.stage', 'polishing')).toBe('polishing')
  })
})

function valuesOf(text: string): string[] {
  return [...new Set(walk(parse(text, { ignoreTag: true })).map((element) => element.value))].sort()
}

function pluralsOf(text: string): string[][] {
  return walk(parse(text, { ignoreTag: true })).flatMap((element) =>
    element.type === TYPE.plural ? [Object.keys(element.options)] : [],
  )
}

type Named = Exclude<MessageFormatElement, { type: TYPE.literal | TYPE.pound | TYPE.tag }>

function walk(elements: MessageFormatElement[]): Named[] {
  return elements.flatMap((element) => {
    if (element.type === TYPE.literal || element.type === TYPE.pound || element.type === TYPE.tag) return []
    if (element.type !== TYPE.plural && element.type !== TYPE.select) return [element]
    return [element, ...Object.values(element.options).flatMap((option) => walk(option.value))]
  })
}
