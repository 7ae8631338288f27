import { expect, test } from 'vitest'
import { pointOn, stepOf } from './onFrame'

const frame = { getBoundingClientRect: () => ({ left: 10, top: 20, width: 200, height: 100 }) } as Element

test('a hand beside a frame is at its edge', () => {
  expect(pointOn(frame, { clientX: 60, clientY: 45 })).toEqual([0.25, 0.25])
  expect(pointOn(frame, { clientX: 0, clientY: 400 })).toEqual([0, 1])
})

test('arrow keys lead where they point, and no other key leads anywhere', () => {
  expect(stepOf('ArrowLeft', 0.1)).toEqual([-0.1, 0])
  expect(stepOf('ArrowDown', 0.1)).toEqual([0, 0.1])
  expect(stepOf('Enter', 0.1)).toBeUndefined()
})
