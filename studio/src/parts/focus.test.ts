import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { keepFocus } from './focus'

let stop: () => void
const find = (id: string) => document.getElementById(id) as HTMLElement
const focused = () => document.activeElement?.id
const settled = () => vi.waitFor(() => expect(document.activeElement).not.toBe(document.body))

beforeEach(() => {
  HTMLElement.prototype.getClientRects = () => [{}] as unknown as DOMRectList
  document.body.innerHTML = `
    <main id="page" tabindex="-1">
      <div><button id="add">add</button></div>
      <ol>
        <li id="a" tabindex="0"><button id="a-end">x</button></li>
        <li id="b" tabindex="0"><button id="b-end">x</button></li>
        <li id="c" tabindex="0"><button id="c-end">x</button></li>
      </ol>
    </main>
    <aside><button id="elsewhere">x</button></aside>`
  stop = keepFocus(find('page'))
})
afterEach(() => stop())

describe('the focus', () => {
  it('goes to the next row where its row goes away, and to the last where that was the last', async () => {
    find('b').focus()
    find('b').remove()
    await settled()
    expect(focused()).toBe('c')
    find('c').remove()
    await settled()
    expect(focused()).toBe('a-end')
  })

  it('goes to the same button of the next row', async () => {
    find('a-end').focus()
    find('a').remove()
    await settled()
    expect(focused()).toBe('b-end')
  })

  it('leaves a button that is switched off', async () => {
    find('b-end').focus()
    find('b-end').setAttribute('disabled', '')
    find('b-end').blur()
    await vi.waitFor(() => expect(focused()).toBe('c'))
  })

  it('goes to what is around where nothing is left', async () => {
    find('a').focus()
    document.querySelector('ol')?.remove()
    await settled()
    expect(focused()).toBe('add')
    find('add').remove()
    await settled()
    expect(focused()).toBe('page')
  })

  it('stays where a person put it', async () => {
    find('a').focus()
    find('elsewhere').focus()
    find('a').remove()
    await Promise.resolve()
    expect(focused()).toBe('elsewhere')
  })

  it('waits for an open dialog to give it back', async () => {
    find('a').focus()
    find('a').blur()
    document.body.insertAdjacentHTML('beforeend', '<div role="dialog" id="dialog"></div>')
    find('a').remove()
    await new Promise((done) => setTimeout(done))
    expect(document.activeElement).toBe(document.body)
    find('dialog').remove()
    await settled()
    expect(focused()).toBe('b')
  })
})
