/** Numbers, lengths, sizes and times in the numerals of a language. */

export interface Saying {
  number(value: number, digits?: number): string
  percent(fraction: number): string
  /** A length, as `2.5 s` or `1:04`. */
  length(seconds: number): string
  /** A place in a clip, as `01.25`. */
  place(seconds: number): string
  bytes(count: number): string
  /** How long ago, as `3 minutes ago`. */
  since(moment: string, now?: number): string
  date(moment: string): string
}

const STEPS: [Intl.RelativeTimeFormatUnit, number][] = [
  ['second', 60],
  ['minute', 60],
  ['hour', 24],
  ['day', 30],
  ['month', 12],
  ['year', Number.POSITIVE_INFINITY],
]
const UNITS = ['byte', 'kilobyte', 'megabyte', 'gigabyte', 'terabyte']

export function sayings(locale: string): Saying {
  const percents = new Intl.NumberFormat(locale, { style: 'percent' })
  const relative = new Intl.RelativeTimeFormat(locale, { numeric: 'auto' })
  const dates = new Intl.DateTimeFormat(locale, { dateStyle: 'medium', timeStyle: 'short' })
  const number = (value: number, digits = 2) =>
    new Intl.NumberFormat(locale, { maximumFractionDigits: digits }).format(value)
  const unit = (value: number, name: string, digits: number, unitDisplay: 'short' | 'narrow') =>
    new Intl.NumberFormat(locale, {
      style: 'unit',
      unit: name,
      unitDisplay,
      maximumFractionDigits: digits,
    }).format(value)
  const padded = (value: number, whole: number, digits: number) =>
    new Intl.NumberFormat(locale, {
      minimumIntegerDigits: whole,
      minimumFractionDigits: digits,
      maximumFractionDigits: digits,
      useGrouping: false,
    }).format(value)
  const minutes = (seconds: number) =>
    `${number(Math.floor(seconds / 60))}:${padded(Math.floor(seconds % 60), 2, 0)}`

  return {
    number,
    percent: (fraction) => percents.format(fraction),
    length: (seconds) => (seconds < 60 ? unit(seconds, 'second', 1, 'narrow') : minutes(seconds)),
    place: (seconds) => padded(seconds, 2, 2),
    bytes: (count) => {
      const step = Math.min(UNITS.length - 1, Math.floor(Math.log(Math.max(1, count)) / Math.log(1000)))
      return unit(count / 1000 ** step, UNITS[step] ?? 'byte', step === 0 ? 0 : 1, 'short')
    },
    since: (moment, now = Date.now()) => {
      let left = (Date.parse(moment) - now) / 1000
      for (const [name, size] of STEPS) {
        if (Math.abs(left) < size) return relative.format(Math.trunc(left), name)
        left /= size
      }
      return dates.format(new Date(moment))
    },
    date: (moment) => dates.format(new Date(moment)),
  }
}
