import { expect, it } from 'vitest'
import type { Model } from '../../api/types'
import { wordsOf } from '../../words/words'
import { modelChoices } from './choices'

const model = (name: string, change: Partial<Model> = {}) =>
  ({ name, model: name, is_generic: false, ...change }) as Model

it('models are chosen by their own names, and those that diffusers runs are marked', () => {
  const words = wordsOf('en')
  const models = [
    model('noor-nano'),
    model('ray-2', { model: 'noor-nano' }),
    model('cog', { is_generic: true }),
  ]
  expect(modelChoices(models, words)).toEqual([
    { value: 'noor-nano', label: 'noor-nano' },
    { value: 'cog', label: 'cog', note: words.t('film.model.generic') },
  ])
})
