/** All the words of the studio: a file for each place, in each language. */
import arBoard from './ar/board.json'
import arCommon from './ar/common.json'
import arComposer from './ar/composer.json'
import arErrors from './ar/errors.json'
import arFilm from './ar/film.json'
import arPlay from './ar/play.json'
import arProject from './ar/project.json'
import arProjects from './ar/projects.json'
import arQueue from './ar/queue.json'
import arSettings from './ar/settings.json'
import arShell from './ar/shell.json'
import arShot from './ar/shot.json'
import arSignin from './ar/signin.json'
import enBoard from './en/board.json'
import enCommon from './en/common.json'
import enComposer from './en/composer.json'
import enErrors from './en/errors.json'
import enFilm from './en/film.json'
import enPlay from './en/play.json'
import enProject from './en/project.json'
import enProjects from './en/projects.json'
import enQueue from './en/queue.json'
import enSettings from './en/settings.json'
import enShell from './en/shell.json'
import enShot from './en/shot.json'
import enSignin from './en/signin.json'

export const en = {
  ...enBoard,
  ...enCommon,
  ...enComposer,
  ...enErrors,
  ...enFilm,
  ...enPlay,
  ...enProject,
  ...enProjects,
  ...enQueue,
  ...enSettings,
  ...enShell,
  ...enShot,
  ...enSignin,
}
export const ar: Record<Key, string> = {
  ...arBoard,
  ...arCommon,
  ...arComposer,
  ...arErrors,
  ...arFilm,
  ...arPlay,
  ...arProject,
  ...arProjects,
  ...arQueue,
  ...arSettings,
  ...arShell,
  ...arShot,
  ...arSignin,
}

export type Key = keyof typeof en
export const CATALOGUES: Record<'en' | 'ar', Record<Key, string>> = { en, ar }
