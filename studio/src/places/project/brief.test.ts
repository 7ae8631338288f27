import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { ApiError, Unreachable } from '../../api/errors'
import { BriefKeeper, type Seen, type Unsent, WAIT } from './brief'

/** A project's row, as the server keeps it. */
class Row {
  seen: Seen = { text: 'a ball', version: 1 }
  sent: string[] = []
  failing: unknown = null
  change = async (text: string, version: number): Promise<Seen> => {
    if (this.failing !== null) throw this.failing
    if (version < this.seen.version) throw new ApiError(409, 'conflict', 'old', 'brief', null)
    this.sent.push(text)
    return this.become(text)
  }
  look = async () => this.seen
  become(text: string): Seen {
    this.seen = { text, version: this.seen.version + 1 }
    return this.seen
  }
}

let row: Row
let held: Unsent | null
let keeper: BriefKeeper
const open = () =>
  new BriefKeeper(row.seen, row, {
    recall: () => held,
    hold: (unsent) => {
      held = unsent
    },
  })
const wait = (time = WAIT) => vi.advanceTimersByTimeAsync(time)

beforeEach(() => {
  vi.useFakeTimers()
  row = new Row()
  held = null
  keeper = open()
})
afterEach(() => vi.useRealTimers())

describe('a brief', () => {
  it('is kept once a person rests', async () => {
    keeper.write('a blue')
    keeper.write('a blue ball')
    expect(keeper.held.standing).toBe('waiting')
    await wait()
    expect(row.sent).toEqual(['a blue ball'])
    expect(keeper.held.standing).toBe('kept')
  })

  it('is tried again while the server is away, and sent once', async () => {
    row.failing = new Unreachable('away')
    keeper.write('a blue ball')
    await wait()
    expect(keeper.held.standing).toBe('away')
    row.failing = null
    await wait(20_000)
    expect(row.sent).toEqual(['a blue ball'])
  })

  it('that is not sent yet is there after a reload', async () => {
    row.failing = new Unreachable('away')
    keeper.write('a blue ball')
    await wait()
    keeper = open()
    row.failing = null
    expect(keeper.held).toMatchObject({ text: 'a blue ball', standing: 'waiting' })
    await wait()
    expect(row.seen.text).toBe('a blue ball')
    expect(held).toBeNull()
  })

  it('goes on being written while it is sent', async () => {
    keeper.write('a blue')
    const sending = wait()
    keeper.write('a blue ball')
    await sending
    await wait()
    expect(row.seen.text).toBe('a blue ball')
  })
})

describe('two who write a brief', () => {
  it('see each other’s words where they write nothing', () => {
    keeper.see(row.become('a red cube'))
    expect(keeper.held).toMatchObject({ text: 'a red cube', standing: 'kept' })
  })

  it('choose whose words stand where both wrote', async () => {
    keeper.write('a blue ball')
    keeper.see(row.become('a red cube'))
    await wait(20_000)
    expect(keeper.held).toMatchObject({ text: 'a blue ball', standing: 'contested' })
    expect(row.sent).toEqual([])
    keeper.settle('mine')
    await wait()
    expect(row.seen.text).toBe('a blue ball')
  })

  it('are told of it also where the server says so first', async () => {
    row.become('a red cube')
    keeper.write('a blue ball')
    await wait()
    expect(keeper.held.standing).toBe('contested')
    keeper.settle('theirs')
    expect(keeper.held).toMatchObject({ text: 'a red cube', standing: 'kept' })
  })

  it('do not contest what changed beside the words', async () => {
    row.become('a ball') // its name, say
    keeper.write('a blue ball')
    await wait()
    await wait()
    expect(row.seen.text).toBe('a blue ball')
  })
})
