// @vitest-environment node
import { describe, expect, it } from 'vitest'
import config from '../../vite.config'
import { ROOT } from './client'
import { lasting, read } from './media'

const NOW = 1_000_000
const link = (name: string, until: number, signature: string, host = 'http://elsewhere:1') =>
  `${host}/media/${name}/video.mp4?until=${until}&signature=${signature}`

describe('a link', () => {
  it('leads to where the page came from', () => {
    expect(lasting(link('a', NOW + 90_000, 'x'), NOW)).toBe(
      `/media/a/video.mp4?until=${NOW + 90_000}&signature=x`,
    )
  })

  it('stays as it was while it holds, and is renewed before it ends', () => {
    const first = lasting(link('b', NOW + 7_200, 'x'), NOW)
    expect(lasting(link('b', NOW + 7_260, 'y'), NOW + 60)).toBe(first)
    expect(lasting(link('b', NOW + 14_000, 'z'), NOW + 6_800)).toContain('signature=z')
  })

  it('of another kind, and what people wrote, is left alone', () => {
    for (const text of ['a red ball', 'https://example.com/media/a.png', '/api/v1/jobs/1/preview']) {
      expect(lasting(text)).toBe(text)
    }
  })

  it('is found wherever it stands in an answer', () => {
    const told = { items: [{ cover_url: link('c', 9_999_999_999, 's') }], seconds: 2 }
    expect(read(JSON.stringify(told))).toEqual({
      items: [{ cover_url: '/media/c/video.mp4?until=9999999999&signature=s' }],
      seconds: 2,
    })
  })

  it('leads to the server in development too, as all that is asked for does', () => {
    const passed = Object.keys(config.server?.proxy ?? {})
    const path = lasting(link('d', NOW + 90_000, 'x'), NOW)
    for (const asked of [path, ROOT]) expect(passed.some((start) => asked.startsWith(start))).toBe(true)
  })
})
