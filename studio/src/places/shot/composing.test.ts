import { describe, expect, it } from 'vitest'
import type { Shot } from '../../api/types'
import { composed } from './composing'

const shot = (composer: Shot['composer'] = null) => ({ composer }) as Shot

describe('the composer', () => {
  it('keeps what differs from the project, and nothing else', () => {
    const own = composed(shot(), { width: 128, height: 128 })
    expect(own).toEqual({ canvas: { width: 128, height: 128 } })
    expect(composed(shot(own), { model: 'noor-nano' })).toEqual({
      model: 'noor-nano',
      canvas: { width: 128, height: 128 },
    })
    expect(composed(shot(own), { width: null, height: null })).toBeNull()
  })

  it('leaves what others put there', () => {
    const own = { canvas: { is_loop: true }, has_sound: false, drawing: null } as Shot['composer']
    expect(composed(shot(own), { width: 128, height: 128 })).toEqual({
      has_sound: false,
      canvas: { is_loop: true, width: 128, height: 128 },
    })
  })
})
