/** Saying things in the language of whoever looks. */
import { IntlMessageFormat } from 'intl-messageformat'
import { createContext, type ReactNode, useContext, useEffect, useMemo } from 'react'
import { CATALOGUES, type Key } from './catalogues'
import { type Saying, sayings } from './numbers'

export type { Key } from './catalogues'
export type Language = 'en' | 'ar'
export type Numerals = 'own' | 'western'
export type Values = Record<string, string | number | Date | null>

export interface Words extends Saying {
  language: Language
  direction: 'ltr' | 'rtl'
  /** The message of a key. */
  t(key: Key, values?: Values): string
  /** The message of a key that is put together, as `shot.state.${state}`; what has none is said as it is. */
  named(prefix: string, name: string): string
  /** Whether there is a message of a key. */
  has(key: string): boolean
}

const Speaking = createContext<Words | null>(null)

export function useWords(): Words {
  const words = useContext(Speaking)
  if (words === null) throw new Error('useWords is for what stands inside of <Speak>')
  return words
}

interface SpeakProps {
  language: Language
  numerals: Numerals
  children: ReactNode
}

export function Speak({ language, numerals, children }: SpeakProps) {
  const words = useMemo(() => wordsOf(language, numerals), [language, numerals])
  useEffect(() => {
    document.documentElement.lang = words.language
    document.documentElement.dir = words.direction
  }, [words])
  return <Speaking value={words}>{children}</Speaking>
}

export function localeOf(language: Language, numerals: Numerals): string {
  return language === 'ar' ? `ar-u-nu-${numerals === 'western' ? 'latn' : 'arab'}` : 'en'
}

export function wordsOf(language: Language, numerals: Numerals = 'own'): Words {
  const locale = localeOf(language, numerals)
  const catalogue = CATALOGUES[language]
  const read = new Map<Key, IntlMessageFormat>()
  const t = (key: Key, values?: Values) => {
    let message = read.get(key)
    if (message === undefined) {
      message = new IntlMessageFormat(catalogue[key], locale, undefined, { ignoreTag: true })
      read.set(key, message)
    }
    return String(message.format(values))
  }
  const has = (key: string) => key in catalogue
  const named = (prefix: string, name: string) => {
    const key = `${prefix}.${name}`
    return has(key) ? t(key as Key) : name
  }
  return { language, direction: language === 'ar' ? 'rtl' : 'ltr', t, named, has, ...sayings(locale) }
}
