import { describe, expect, it } from 'vitest'
import {
  around,
  between,
  filling,
  fitting,
  holds,
  LEAST_ZOOM,
  MOST_ZOOM,
  panned,
  seenBy,
  toPlane,
  topmostAt,
  toScreen,
  touch,
  widened,
  within,
  zoomed,
} from './plane'

const view = { x: 40, y: -20, zoom: 0.5 }
const screen = { width: 1000, height: 600 }

describe('a view', () => {
  it('leads from the screen to the plane and back', () => {
    const at = { x: 300, y: 120 }
    expect(toPlane(view, at)).toEqual({ x: 640, y: 220 })
    expect(toScreen(view, toPlane(view, at))).toEqual(at)
  })

  it('comes nearer about a point that stays where it is', () => {
    const about = { x: 730, y: 55 }
    const near = zoomed(view, about, 1.7)
    expect(near.zoom).toBeCloseTo(0.85)
    expect(toPlane(near, about).x).toBeCloseTo(toPlane(view, about).x)
    expect(toPlane(near, about).y).toBeCloseTo(toPlane(view, about).y)
  })

  it('comes no nearer and goes no farther than it may, and stays about its point there too', () => {
    const about = { x: 10, y: 500 }
    for (const [factor, zoom] of [
      [1000, MOST_ZOOM],
      [0.0001, LEAST_ZOOM],
    ] as const) {
      const there = zoomed(view, about, factor)
      expect(there.zoom).toBe(zoom)
      expect(toPlane(there, about).y).toBeCloseTo(toPlane(view, about).y)
    }
  })

  it('goes with the pointer when it is panned', () => {
    const at = { x: 100, y: 100 }
    const grabbed = toPlane(view, at)
    expect(toScreen(panned(view, { x: 30, y: -8 }), grabbed)).toEqual({ x: 130, y: 92 })
  })

  it('that fits a box shows it whole and in the middle, and no small one larger than it is', () => {
    const box = { x: -4000, y: 300, width: 9000, height: 500 }
    const whole = fitting(box, screen)
    expect(holds(seenBy(whole, screen), box)).toBe(true)
    expect(toScreen(whole, { x: 500, y: 550 }).x).toBeCloseTo(500)
    expect(toScreen(whole, { x: 500, y: 550 }).y).toBeCloseTo(300)
    expect(fitting({ x: 0, y: 0, width: 10, height: 10 }, screen).zoom).toBe(1)
    expect(fitting(null, screen).zoom).toBe(1)
  })
})

describe('a picture in a box', () => {
  const box = { x: 100, y: 200, width: 260, height: 150 }

  it('fills it with its middle part', () => {
    expect(filling({ width: 104, height: 104 }, box)).toEqual({ x: 0, y: 22, width: 104, height: 60 })
    const wide = filling({ width: 520, height: 150 }, box)
    expect(wide).toEqual({ x: 130, y: 0, width: 260, height: 150 })
  })

  it('is whole in the middle of it', () => {
    expect(within({ width: 50, height: 50 }, box)).toEqual({ x: 155, y: 200, width: 150, height: 150 })
    expect(within({ width: 52, height: 15 }, box)).toEqual({ x: 100, y: 237.5, width: 260, height: 75 })
  })
})

describe('boxes', () => {
  const box = { x: 0, y: 0, width: 10, height: 10 }
  it('lie between two corners, whichever way they were drawn', () => {
    expect(between({ x: 5, y: 9 }, { x: 2, y: 20 })).toEqual({ x: 2, y: 9, width: 3, height: 11 })
  })
  it('are around all of some', () => {
    expect(around([box, { x: 30, y: -5, width: 1, height: 1 }])).toEqual({
      x: 0,
      y: -5,
      width: 31,
      height: 15,
    })
    expect(around([])).toBeNull()
  })
  it('that only share an edge do not touch', () => {
    expect(touch(box, { ...box, x: 10 })).toBe(false)
    expect(touch(box, { ...box, x: 9.9 })).toBe(true)
  })
  it('are widened on all sides alike', () => {
    expect(widened(box, 0.5)).toEqual({ x: -5, y: -5, width: 20, height: 20 })
  })
})

it('what lies above is taken first, and of one layer what came last', () => {
  const lying = (id: string, layer: number, x = 0) => ({ id, layer, x, y: 0, width: 10, height: 10 })
  const items = [lying('c', 0), lying('b', 2), lying('a', 2), lying('d', 9, 50)]
  expect(topmostAt(items, { x: 5, y: 5 })?.id).toBe('b')
  expect(topmostAt(items, { x: 200, y: 5 })).toBeNull()
})
