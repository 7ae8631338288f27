import { describe, expect, it } from 'vitest'
import { textOf, toldOf } from './refusals'
import { wordsOf } from './words'

const [english, arabic] = [wordsOf('en'), wordsOf('ar')]
const long = {
  message: '30 s is more than noor-nano makes',
  reason: 'too_long',
  values: { seconds: 30, most: 12, model: 'noor-nano' },
}

describe('what the server refuses', () => {
  it('is said in its own words to whoever reads them', () => {
    expect(toldOf(long, english)).toEqual({ said: undefined, quoted: long.message })
    expect(textOf(long, english)).toBe(long.message)
  })

  it('is said in Arabic by its reason, with its numbers', () => {
    const { said, quoted } = toldOf(long, arabic)
    expect(said).toContain('١٢')
    expect(said).toContain('noor-nano')
    expect(quoted).toBeUndefined()
  })

  it('is said of what a model cannot do as the composer says it', () => {
    const loop = { message: 'x', reason: 'model_cannot', values: { need: 'loop', model: 'noor' } }
    expect(textOf(loop, arabic)).toBe(arabic.t('composer.clash.cannot_loop'))
  })

  it('stays as it is, apart from the Arabic around it, where no words are known', () => {
    for (const reason of [null, 'something_new']) {
      const refusal = { message: 'the moon is full', reason, values: {} }
      expect(toldOf(refusal, arabic)).toEqual({ said: undefined, quoted: 'the moon is full' })
      expect(textOf(refusal, arabic)).toBe(`${arabic.t('errors.details')} \u2068the moon is full\u2069`)
    }
  })
})
