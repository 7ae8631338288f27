import { describe, expect, it } from 'vitest'
import { type Action, canvasOf, framesOf, type Press, runsOf } from './turn'

const down = (at: number, action: Action): Press => ({ at, action, isDown: true })
const up = (at: number, action: Action): Press => ({ at, action, isDown: false })

describe('a turn', () => {
  it('has one action for each frame, for as long as a key is held', () => {
    const presses = [down(0, 'right'), up(250, 'right')]
    expect(framesOf(presses, 5, 10)).toEqual(['right', 'right', 'none', 'none', 'none'])
  })
  it('loses no key that is pressed for less than a frame', () => {
    expect(framesOf([down(110, 'jump'), up(120, 'jump')], 3, 10)).toEqual(['none', 'jump', 'none'])
  })
  it('does what was pressed last, and then again what is still held', () => {
    const presses = [down(0, 'left'), down(100, 'jump'), up(199, 'jump')]
    expect(framesOf(presses, 3, 10)).toEqual(['left', 'jump', 'left'])
  })
  it('is shown as stretches of the same', () => {
    expect(runsOf(['left', 'left', 'none', 'left'])).toEqual([
      { action: 'left', from: 0, count: 2 },
      { action: 'none', from: 2, count: 1 },
      { action: 'left', from: 3, count: 1 },
    ])
  })
})

describe('the canvas of a turn', () => {
  it('goes on from a clip, or from a picture, or begins with words alone', () => {
    expect(canvasOf({ kind: 'clip', assetId: 'c' }, 'a ball', ['left'])).toEqual({
      prompt: 'a ball',
      extension: { clip: 'asset:c', is_before: false },
      actions: ['left'],
    })
    expect(canvasOf({ kind: 'picture', assetId: 'p' }, ' ', ['none'])).toEqual({
      keyframes: [{ image: 'asset:p', at_seconds: 0 }],
      actions: ['none'],
    })
    expect(canvasOf({ kind: 'words' }, 'a ball', ['jump'])).toEqual({ prompt: 'a ball', actions: ['jump'] })
  })
})
