import { expect, it } from 'vitest'
import { allDays } from './UsageTold'

it('tells every day of a span, those too on which nothing happened', () => {
  const told = allDays({
    since: '2026-02-27',
    until: '2026-03-02',
    days: [{ day: '2026-03-01', credits: 2, jobs: 3 }],
  })
  expect(told.map((day) => [day.day, day.jobs])).toEqual([
    ['2026-02-27', 0],
    ['2026-02-28', 0],
    ['2026-03-01', 3],
    ['2026-03-02', 0],
  ])
})
