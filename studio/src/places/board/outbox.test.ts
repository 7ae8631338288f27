import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { ApiError, Unreachable } from '../../api/errors'
import type { BoardItem } from '../../api/types'
import { forgetUnsent } from '../../api/unsent'
import { type Act, placing } from './acts'
import { did, undo } from './history'
import { Outbox, shelfOf } from './outbox'

const item = (x: number) => ({ id: 'a', kind: 'note', x, y: 0, width: 9, height: 9, layer: 0 }) as BoardItem
const move = (from: number, to: number) => placing([item(from)], [item(to)])

class Server {
  sent: Act[] = []
  failing: unknown = null
  send = async (act: Act) => {
    if (this.failing !== null) throw this.failing
    this.sent.push(act)
    return { items: [], contested: [] }
  }
}

let server: Server
const shelf = shelfOf('p')
const opened = () => new Outbox(server, shelf)
const wait = (time = 0) => vi.advanceTimersByTimeAsync(time)

beforeEach(() => {
  vi.useFakeTimers()
  forgetUnsent()
  server = new Server()
})
afterEach(() => vi.useRealTimers())

describe('what was done', () => {
  it('is sent in its order', async () => {
    const box = opened()
    const acts = [move(0, 1), move(1, 2)]
    for (const act of acts) box.change((history) => did(history, act))
    box.change(undo)
    await wait()
    expect(server.sent.map((act) => act.items[0]?.after?.x)).toEqual([1, 2, 1])
    expect(box.held.history.sending).toEqual([])
  })

  it('stays, and is tried again, while the server is not reached', async () => {
    const box = opened()
    server.failing = new Unreachable('')
    box.change((history) => did(history, move(0, 1)))
    await wait(5_000)
    expect(box.held).toMatchObject({ isAway: true, history: { sending: [{}] } })
    server.failing = null
    await wait(20_000)
    expect(server.sent).toHaveLength(1)
    expect(box.held).toMatchObject({ isAway: false, history: { sending: [] } })
  })

  it('is sent by the next page, where this one ends before it could be', async () => {
    server.failing = new Unreachable('')
    opened().change((history) => did(history, move(0, 1)))
    await wait()
    server.failing = null
    const next = opened()
    expect(next.held.history.sending).toEqual([move(0, 1)])
    await next.send()
    expect(server.sent).toEqual([move(0, 1)])
    expect(shelf.read()).toEqual([])
  })

  it('never was, if the server refuses it; what follows is sent', async () => {
    const box = opened()
    const onRefused = vi.fn()
    box.hearers = { onArrived: () => undefined, onRest: () => undefined, onRefused }
    server.failing = new ApiError(422, 'invalid', '', null, null)
    box.change((history) => did(history, move(0, 1)))
    await wait()
    server.failing = null
    expect(onRefused).toHaveBeenCalledOnce()
    expect(box.held.history).toMatchObject({ sending: [], past: [] })
    box.change((history) => did(history, move(0, 2)))
    await wait()
    expect(server.sent).toEqual([move(0, 2)])
  })
})
