/** Models and sizes as what is chosen among. */
import type { Model } from '../../api/types'
import type { Choice } from '../../parts/Select'
import type { Words } from '../../words/words'

/** Installed models by their own names; the aliases of other services are for programs. */
export function modelChoices(models: readonly Model[], { t }: Pick<Words, 't'>): Choice<string>[] {
  return models
    .filter((one) => one.name === one.model)
    .map((one) => ({
      value: one.name,
      label: one.name,
      ...(one.is_generic && { note: t('film.model.generic') }),
    }))
}

export function sizeNamed(width: number, height: number): string {
  return `${width}x${height}`
}

export function sizeChoices(model: Model | undefined, number: (value: number) => string): Choice<string>[] {
  return (model?.sizes ?? []).map(({ width, height }) => ({
    value: sizeNamed(width, height),
    label: `${number(width)} × ${number(height)}`,
  }))
}
