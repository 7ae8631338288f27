import { describe, expect, it } from 'vitest'
import type { Job, Take } from '../../api/types'
import { rivalOf, stepped } from './looking'

const take = (number: number, state: Job['state'] = 'succeeded', parent: string | null = null) =>
  ({ id: `t${number}`, number, parent_take_id: parent, job: { state } }) as Take
const takes = [take(1), take(2, 'failed'), take(3, 'succeeded', 't1'), take(4)]

describe('looking through takes', () => {
  it('goes from the newest to the oldest, and stops there', () => {
    expect(stepped(takes, takes[3] ?? null, 1)?.number).toBe(3)
    expect(stepped(takes, takes[3] ?? null, -1)).toBeUndefined()
    expect(stepped(takes, null, 1)?.number).toBe(4)
  })

  it('compares with the parent first, else with the newest that was made', () => {
    expect(rivalOf(take(3, 'succeeded', 't1'), takes)?.number).toBe(1)
    expect(rivalOf(take(4), takes)?.number).toBe(3)
    expect(rivalOf(take(1), [take(1), take(2, 'running')])).toBeNull()
  })
})
