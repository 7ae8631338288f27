/** What holds for all files: the order of the rooms, words from the catalogues only, styles for both directions. */
import { readdirSync, readFileSync } from 'node:fs'
import { dirname, join, relative, resolve } from 'node:path'
import ts from 'typescript'
import { describe, expect, it } from 'vitest'

const ROOT = resolve(import.meta.dirname)
const ROOMS = ['api', 'words', 'parts', 'composer', 'places']
const SAID = new Set([
  'aria-label',
  'title',
  'placeholder',
  'alt',
  'label',
  'hint',
  'more',
  'said',
  'advice',
  'empty',
])
const files = readdirSync(ROOT, { recursive: true, encoding: 'utf8' }).filter(
  (name) => !name.includes('.test.'),
)
const sources = files.filter((name) => /\.tsx?$/.test(name)).map((name) => parse(name))
const styles = files.filter((name) => name.endsWith('.css'))

describe('the rooms', () => {
  it('import only those before them; parts know nothing of the api', () => {
    const wrong = sources.flatMap((source) =>
      importsOf(source).filter((to) => !mayImport(source.fileName, to)),
    )
    expect(wrong).toEqual([])
  })
})

describe('components', () => {
  it('have no words of their own', () => {
    expect(sources.filter((source) => source.fileName.endsWith('.tsx')).flatMap(literals)).toEqual([])
  })
})

describe('styles', () => {
  it('know start and end, never left and right', () => {
    const physical =
      /(^|[\s;{])((margin|padding|border)-(left|right|top|bottom)|left|right|top|bottom|width|height|(min|max)-(width|height))\s*:|text-align:\s*(left|right)/
    const wrong = styles.flatMap((name) =>
      lines(name).filter((line) => physical.test(line.replace(/\((min|max)-(width|height)/g, ''))),
    )
    expect(wrong).toEqual([])
  })

  it('take their colours from the tokens', () => {
    const wrong = styles
      .filter((name) => name !== 'tokens.css')
      .flatMap((name) => lines(name).filter((line) => /#[0-9a-f]{3,8}\b|rgba?\(|hsla?\(/i.test(line)))
    expect(wrong).toEqual([])
  })
})

function parse(name: string): ts.SourceFile {
  const text = readFileSync(join(ROOT, name), 'utf8')
  return ts.createSourceFile(name, text, ts.ScriptTarget.ES2023, true, ts.ScriptKind.TSX)
}

function importsOf(source: ts.SourceFile): string[] {
  return source.statements
    .filter(ts.isImportDeclaration)
    .map((one) => (one.moduleSpecifier as ts.StringLiteral).text)
    .filter((path) => path.startsWith('.'))
    .map((path) => relative(ROOT, resolve(ROOT, dirname(source.fileName), path)))
}

function mayImport(from: string, to: string): boolean {
  const [own, other] = [from, to].map((path) => ROOMS.indexOf(path.split('/')[0] ?? ''))
  if (own === undefined || other === undefined || own < 0) return true
  return other <= own && !(from.startsWith('parts/') && to.startsWith('api/'))
}

function literals(source: ts.SourceFile): string[] {
  const found: string[] = []
  const look = (node: ts.Node) => {
    const text = ts.isJsxText(node) ? node.text : saidBy(node)
    if (text !== null && /\p{L}{2,}/u.test(text)) found.push(`${source.fileName}: ${text.trim()}`)
    ts.forEachChild(node, look)
  }
  look(source)
  return found.filter((one) => !one.endsWith(': manazir studio'))
}

function saidBy(node: ts.Node): string | null {
  if (!ts.isJsxAttribute(node) || node.initializer === undefined) return null
  if (!SAID.has(node.name.getText())) return null
  const value = ts.isJsxExpression(node.initializer) ? node.initializer.expression : node.initializer
  return value !== undefined && ts.isStringLiteralLike(value) ? value.text : null
}

function lines(name: string): string[] {
  return readFileSync(join(ROOT, name), 'utf8')
    .split('\n')
    .map((line) => `${name}: ${line.trim()}`)
}
