import type { DragEvent } from 'react'
import { describe, expect, it } from 'vitest'
import type { Shot, Take } from '../api/types'
import { carriedBy, carry, dropped, frameOf, hovering, type Thing } from './things'

const ID = '0190163d-8694-739b-aea6-966c26f8ad91'
const take = { id: 't', number: 1 } as Take
const project = { shots: [{ id: 's', takes: [take] }] as unknown as Shot[] }
const clip: Thing = { of: 'clip', name: 'a', picture: '/x', from: { asset: ID }, take }

/** What a browser gives from one window to another. */
class Hand {
  readonly said = new Map<string, string>()
  readonly files: File[] = []
  readonly items: unknown[] = []
  effectAllowed = ''
  get types() {
    return [...this.said.keys()]
  }
  setData(type: string, data: string) {
    this.said.set(type, data)
  }
  getData(type: string) {
    return this.said.get(type) ?? ''
  }
}
const over = (hand: Hand) => ({ dataTransfer: hand }) as unknown as DragEvent

describe('what is carried', () => {
  it('is known before it is let go, and is the same after', () => {
    const hand = new Hand()
    carry(over(hand), clip, { id: ID })
    expect(hovering(over(hand))).toBe('clip')
    expect(dropped(over(hand), project)).toEqual({
      things: [{ ...clip, picture: null }],
      shotId: ID,
      others: [],
    })
  })

  it('may be a shot of which nothing was made, which is no thing', () => {
    const hand = new Hand()
    carry(over(hand), null, { id: ID })
    expect(hovering(over(hand))).toBeNull()
    expect(dropped(over(hand), project)).toEqual({ things: [], shotId: ID, others: [] })
  })

  it('may be one frame', () => {
    const hand = new Hand()
    carry(over(hand), frameOf(ID, 1.5))
    expect(hovering(over(hand))).toBe('picture')
    expect(dropped(over(hand), project).things[0]?.from).toEqual({ clip: ID, at: 1.5 })
  })

  it('is nothing where another page says something else', () => {
    for (const text of [
      '',
      'null',
      '{',
      '{"of":"clip"}',
      '{"of":"film","from":{"asset":"0190163d-8694-739b-aea6-966c26f8ad91"}}',
      '{"of":"clip","from":{"asset":"../../me"}}',
      '{"of":"picture","from":{"clip":"0190163d-8694-739b-aea6-966c26f8ad91","at":"1"}}',
    ])
      expect(carriedBy(text, project)).toBeNull()
  })
})
