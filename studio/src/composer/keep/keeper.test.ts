import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { ApiError, Unreachable } from '../../api/errors'
import type { Shot, ShotChange } from '../../api/types'
import { type Drawer, Keeper, type Unsent, WAIT } from './keeper'

const SHOT = {
  id: 's',
  prompt: 'a ball',
  framing: null,
  move: null,
  duration_seconds: null,
  composer: null,
  version: 1,
} as unknown as Shot

/** One row, as the server keeps it. */
class Row {
  shot = SHOT
  sent: ShotChange[] = []
  failing: unknown = null
  change = async (_: string, { version, ...change }: ShotChange): Promise<Shot> => {
    if (this.failing !== null) throw this.failing
    if (version !== undefined && version !== null && version < this.shot.version)
      throw new ApiError(409, 'conflict', 'old', 'prompt', null)
    this.sent.push(change)
    return this.become(change)
  }
  look = async () => this.shot
  become(change: ShotChange): Shot {
    this.shot = { ...this.shot, ...(change as Partial<Shot>), version: this.shot.version + 1 }
    return this.shot
  }
}

let row: Row
let keeper: Keeper
const write = (prompt: string) => keeper.edit({ do: 'set', values: { prompt } })
const wait = (time = WAIT) => vi.advanceTimersByTimeAsync(time)

beforeEach(() => {
  vi.useFakeTimers()
  row = new Row()
  keeper = new Keeper('s', SHOT, row)
})
afterEach(() => vi.useRealTimers())

describe('what is written', () => {
  it('is kept once a person rests, and only what changed', async () => {
    write('a blue')
    write('a blue ball')
    expect(keeper.held.standing).toBe('waiting')
    await wait()
    expect(row.sent).toEqual([{ prompt: 'a blue ball' }])
    expect(keeper.held.standing).toBe('kept')
  })

  it('is sent at once where somebody waits for it', async () => {
    write('now')
    await keeper.flush()
    expect(row.shot.prompt).toBe('now')
    await wait()
    expect(row.sent.length).toBe(1)
  })

  it('is not lost with the connection, and tried until it is there', async () => {
    row.failing = new Unreachable('away')
    write('far away')
    await wait()
    expect(keeper.held.standing).toBe('away')
    await wait(60_000)
    expect(keeper.held.draft.prompt).toBe('far away')
    row.failing = null
    await wait(15_000)
    expect(row.shot.prompt).toBe('far away')
    expect(keeper.isKept).toBe(true)
  })

  it('that is refused says why, and may be mended', async () => {
    row.failing = new ApiError(422, 'invalid', 'too long', 'prompt', null)
    write('x')
    await wait()
    expect(keeper.held).toMatchObject({ standing: 'refused', error: row.failing })
    await expect(keeper.flush()).rejects.toBe(row.failing)
    row.failing = null
    write('y')
    await wait()
    expect(keeper.isKept).toBe(true)
  })

  it('while it is on its way goes after it', async () => {
    write('one')
    const sending = keeper.flush()
    write('one two')
    await sending.catch(() => undefined)
    await wait()
    expect(row.shot.prompt).toBe('one two')
  })
})

describe('what somebody else changes', () => {
  it('is seen where I did nothing', () => {
    keeper.see(row.become({ prompt: 'theirs' }))
    expect(keeper.held).toMatchObject({ standing: 'kept', draft: { prompt: 'theirs' } })
  })

  it('elsewhere in the shot stands beside mine', async () => {
    row.become({ move: 'pan_left', title: 'new' })
    write('mine')
    await wait()
    await wait()
    expect(row.shot).toMatchObject({ prompt: 'mine', move: 'pan_left', title: 'new' })
    expect(keeper.held).toMatchObject({ standing: 'kept', draft: { move: 'pan_left', prompt: 'mine' } })
  })

  it('to something else than I did waits for a person', async () => {
    row.become({ prompt: 'theirs' })
    write('mine')
    await wait()
    expect(keeper.held).toMatchObject({
      standing: 'contested',
      contested: ['prompt'],
      draft: { prompt: 'mine' },
    })
    write('mine, longer')
    await wait(60_000)
    expect(row.shot.prompt).toBe('theirs')
    keeper.settle('mine')
    await wait()
    expect(row.shot.prompt).toBe('mine, longer')
    expect(keeper.isKept).toBe(true)
  })

  it('may be taken instead of mine', async () => {
    row.become({ prompt: 'theirs' })
    write('mine')
    await wait()
    keeper.settle('theirs')
    await wait()
    expect(keeper.held).toMatchObject({ standing: 'kept', draft: { prompt: 'theirs' } })
  })

  it('is old news where it comes late', async () => {
    const before = row.shot
    write('mine')
    await wait()
    keeper.see(before)
    expect(keeper.held.draft.prompt).toBe('mine')
  })
})

describe('what is not sent yet', () => {
  let held: Unsent | null
  const drawer: Drawer = {
    recall: () => held,
    hold: (_, unsent) => {
      held = unsent && JSON.parse(JSON.stringify(unsent))
    },
  }
  const open = () => new Keeper('s', row.shot, row, drawer)
  beforeEach(() => {
    held = null
    keeper = open()
  })

  it('is there again after a reload, and goes to the server', async () => {
    row.failing = new Unreachable('away')
    write('a blue ball')
    await wait()
    keeper = open() // the page was loaded again; the one before sends no more
    row.failing = null
    expect(keeper.held).toMatchObject({ draft: { prompt: 'a blue ball' }, standing: 'waiting' })
    await wait()
    expect(row.shot.prompt).toBe('a blue ball')
    expect(held).toBeNull()
  })

  it('is not put over what somebody else wrote meanwhile', async () => {
    write('a blue ball')
    row.become({ prompt: 'a red cube' })
    expect(open().held).toMatchObject({ standing: 'contested', contested: ['prompt'] })
  })

  it('is nothing once the server has it', async () => {
    write('a blue ball')
    expect(held?.draft.prompt).toBe('a blue ball')
    await wait()
    expect(held).toBeNull()
  })
})
