/** Our own icons: drawn on 16 by 16, with strokes of 1.4, in the colour of the text around them. */
import type { CSSProperties } from 'react'

const DRAWN = {
  projects: 'M2.5 4.5h4l1.2 1.5h5.8v6.5a1 1 0 0 1-1 1h-9a1 1 0 0 1-1-1Z',
  board: 'M2.5 2.5h6v5h-6Z M10.5 5h3v3h-3Z M4.5 9.5h4v4h-4Z M10.5 10.5h3',
  queue: 'M2.5 4h11 M2.5 8h7 M2.5 12h5 M12 8.2v5 M9.8 11.2 12 13.4l2.2-2.2',
  settings:
    'M2.5 4.5h6 M11.5 4.5h2 M2.5 11.5h2 M7.5 11.5h6 M10 6a1.5 1.5 0 1 0 0-3 1.5 1.5 0 0 0 0 3Z M6 13a1.5 1.5 0 1 0 0-3 1.5 1.5 0 0 0 0 3Z',
  keys: 'M2 4.5h12v7H2Z M4.5 7h.01 M7 7h.01 M9.5 7h.01 M11.5 7h.01 M5.5 9.3h5',
  sun: 'M8 10.8a2.8 2.8 0 1 0 0-5.6 2.8 2.8 0 0 0 0 5.6Z M8 1.8v1.4 M8 12.8v1.4 M1.8 8h1.4 M12.8 8h1.4 M3.6 3.6l1 1 M11.4 11.4l1 1 M12.4 3.6l-1 1 M4.6 11.4l-1 1',
  moon: 'M13 9.6A5.4 5.4 0 0 1 6.4 3a5.4 5.4 0 1 0 6.6 6.6Z',
  plus: 'M8 3v10 M3 8h10',
  minus: 'M3 8h10',
  close: 'M3.8 3.8l8.4 8.4 M12.2 3.8l-8.4 8.4',
  check: 'M3 8.5l3.2 3.2L13 4.8',
  star: 'M8 2.3l1.7 3.6 3.9.5-2.9 2.7.8 3.9L8 11.1 4.5 13l.8-3.9L2.4 6.4l3.9-.5Z',
  more: 'M3.5 8h.01 M8 8h.01 M12.5 8h.01',
  up: 'M4 9.5l4-4 4 4',
  down: 'M4 6.5l4 4 4-4',
  back: 'M9.5 4l-4 4 4 4',
  on: 'M6.5 4l4 4-4 4',
  play: 'M5 3.2v9.6L12.6 8Z',
  pause: 'M5.2 3.5v9 M10.8 3.5v9',
  frameBack: 'M10.5 4v8L5 8Z M3.6 4v8',
  frameOn: 'M5.5 4v8L11 8Z M12.4 4v8',
  stages: 'M2.5 9.5h4v4h-4z M5 6.5v-4h8.5V11h-4',
  loop: 'M3 8.5V7a2.5 2.5 0 0 1 2.5-2.5H12 M10.2 2.5l2 2-2 2 M13 7.5V9a2.5 2.5 0 0 1-2.5 2.5H4 M5.8 13.5l-2-2 2-2',
  sound: 'M2.5 6.2v3.6h2.2L8 12.6V3.4L4.7 6.2Z M10.4 5.8a3.2 3.2 0 0 1 0 4.4 M12.2 4.2a5.5 5.5 0 0 1 0 7.6',
  silent: 'M2.5 6.2v3.6h2.2L8 12.6V3.4L4.7 6.2Z M10.5 6.3l3.4 3.4 M13.9 6.3l-3.4 3.4',
  whole: 'M2.5 6V2.5H6 M10 2.5h3.5V6 M13.5 10v3.5H10 M6 13.5H2.5V10',
  compare: 'M2.5 3.5h11v9h-11Z M8 2v12 M5 8H3.8 M11 8h1.2',
  side: 'M2 4h5.2v8H2Z M8.8 4H14v8H8.8Z',
  wipe: 'M2.5 3.5h11v9h-11Z M8 1.8v12.4 M6 6.8 4.8 8 6 9.2 M10 6.8 11.2 8 10 9.2',
  difference:
    'M6.2 11.4a3.9 3.9 0 1 0 0-7.8 3.9 3.9 0 0 0 0 7.8Z M9.8 12.4a3.9 3.9 0 1 0 0-7.8 3.9 3.9 0 0 0 0 7.8Z',
  again: 'M13 8a5 5 0 1 1-1.6-3.7 M13.2 2.3v2.8h-2.8',
  shuffle:
    'M2.5 4.5h2.2c3.6 0 3.4 7 7 7h1.6 M2.5 11.5h2.2c1.2 0 1.9-.8 2.4-1.8 M8.6 6.3c.5-1 1.2-1.8 3.1-1.8h1.6 M11.6 2.7l1.9 1.8-1.9 1.8 M11.6 9.7l1.9 1.8-1.9 1.8',
  master: 'M2.5 4.5h11v7h-11Z M2.5 6.5h11 M4.6 4.5l-.8 2 M8 4.5l-.8 2 M11.4 4.5l-.8 2',
  draft: 'M10.8 2.8l2.4 2.4L6 12.4l-3 .6.6-3Z',
  still: 'M2.5 3.5h11v9h-11Z M2.5 10.2l3-2.7 2.6 2.3 2-1.6 3.4 2.6 M10.6 6.3h.01',
  info: 'M8 13.8A5.8 5.8 0 1 0 8 2.2a5.8 5.8 0 0 0 0 11.6Z M8 7.4v3.4 M8 5.2h.01',
  warning: 'M8 2.6 14.2 13H1.8Z M8 6.6v3 M8 11.3h.01',
  trash: 'M3 4.5h10 M6 4.5V3h4v1.5 M4.3 4.5l.6 8.5h6.2l.6-8.5 M6.7 7v3.8 M9.3 7v3.8',
  grip: 'M6 4h.01 M10 4h.01 M6 8h.01 M10 8h.01 M6 12h.01 M10 12h.01',
  clock: 'M8 13.8A5.8 5.8 0 1 0 8 2.2a5.8 5.8 0 0 0 0 11.6Z M8 4.8V8l2.2 1.6',
  camera: 'M2 5h7.5v6.5H2Z M9.5 7.5 14 5.2v6.1L9.5 9Z',
  framing: 'M2.5 5.5v-3h3 M10.5 2.5h3v3 M13.5 10.5v3h-3 M5.5 13.5h-3v-3 M6 6h4v4H6Z',
  speech: 'M2.5 3.5h11v7.5H8l-3 2.4V11H2.5Z',
  brief: 'M4 2.5h6l2.5 2.5v8.5H4Z M10 2.5V5h2.5 M6 7.5h4.5 M6 10h4.5',
  plan: 'M2.5 3.5h3v3h-3Z M2.5 9.5h3v3h-3Z M8 5h5.5 M8 11h5.5',
  key: 'M10.2 9.2a3.2 3.2 0 1 0-3-2.2L2.5 11.7v1.8h2v-1.6h1.6v-1.6h1.4l.7-.8 M10.6 5.4h.01',
  copy: 'M5.5 5.5h7.5V13H5.5Z M3 10.5V3h7.5',
  download: 'M8 2.5v7.6 M4.8 7.2 8 10.4l3.2-3.2 M3 13.2h10',
  note: 'M2.5 2.5h11v7.5l-3.5 3.5h-7.5Z M13.5 10H10v3.5',
  front: 'M5.5 5.5H13V13H5.5Z M3 10V3h7 M9.2 11.2V7.4 M7.6 9l1.6-1.6L10.8 9',
  backmost: 'M5.5 5.5H13V13H5.5Z M3 10V3h7 M9.2 7.3v3.8 M7.6 9.5l1.6 1.6 1.6-1.6',
  align: 'M2.5 2.5v11 M4.8 4.5h8.7v2.6H4.8Z M4.8 9h5.2v2.6H4.8Z',
  reference: 'M2.5 4h7.5v6H2.5Z M12.8 6.5v6.8H5.5 M11.3 8l1.5-1.5L14.3 8',
  undo: 'M5.5 3 2.8 5.7l2.7 2.7 M3 5.7h6.2a3.6 3.6 0 0 1 0 7.2H6',
  redo: 'M10.5 3l2.7 2.7-2.7 2.7 M13 5.7H6.8a3.6 3.6 0 0 0 0 7.2H10',
  fit: 'M2.5 5.5v-3h3 M10.5 2.5h3v3 M13.5 10.5v3h-3 M5.5 13.5h-3v-3',
  bring: 'M8 10.4V2.8 M4.8 5.7 8 2.5l3.2 3.2 M3 13.2h10',
  world:
    'M8 13.8A5.8 5.8 0 1 0 8 2.2a5.8 5.8 0 0 0 0 11.6Z M2.2 8h11.6 M8 2.2c3.4 3.6 3.4 8 0 11.6 M8 2.2c-3.4 3.6-3.4 8 0 11.6',
  arrowLeft: 'M13 8H3 M6.8 4.2 3 8l3.8 3.8',
  arrowRight: 'M3 8h10 M9.2 4.2 13 8l-3.8 3.8',
  arrowUp: 'M8 13V3 M4.2 6.8 8 3l3.8 3.8',
  arrowDown: 'M8 3v10 M4.2 9.2 8 13l3.8-3.8',
  jump: 'M2.5 13.2h11 M4 10.5C5 5.5 11 5.5 12 10.5 M9.8 9l2.2 1.6L13.4 8',
  turnLeft: 'M5.5 3 2.8 5.7l2.7 2.7 M3 5.7h10.2v7',
  turnRight: 'M10.5 3l2.7 2.7-2.7 2.7 M13 5.7H2.8v7',
  leave: 'M9.5 5V3h-6v10h6v-2 M6.5 8h7 M11.2 5.7 13.5 8l-2.3 2.3',
  clip: 'M2.5 3.5h11v9h-11Z M5 3.5v9 M11 3.5v9 M2.5 6.5H5 M2.5 9.5H5 M11 6.5h2.5 M11 9.5h2.5',
  after: 'M2.5 4.5h5v7h-5Z M9.5 4.5h1 M12.5 4.5h1v1.5 M13.5 10v1.5h-1 M10.5 11.5h-1',
  before: 'M8.5 4.5h5v7h-5Z M6.5 4.5h-1 M3.5 4.5h-1v1.5 M2.5 10v1.5h1 M5.5 11.5h1',
  modify: 'M9.2 5.2l1.6 1.6 M2.8 13.2l7.6-7.6 1.6 1.6-7.6 7.6H2.8Z M12.5 2v2.4 M11.3 3.2h2.4',
  reframe: 'M1.8 3h12.4v10H1.8Z M6 6h6v4.5H6Z',
  first: 'M3.5 3.5v9 M6.5 4h6.5v8H6.5Z',
  last: 'M12.5 3.5v9 M3 4h6.5v8H3Z',
  pin: 'M4 2.5h8v6.5H4Z M8 9v4.5',
  arrow: 'M3 13 13 3 M6.5 3H13v6.5',
  box: 'M2.5 4h11v8h-11Z',
  words: 'M3.5 4.5v-1h9v1 M8 3.5v9 M6.2 12.5h3.6',
  model: 'M8 1.8 13.5 5v6L8 14.2 2.5 11V5Z M2.5 5 8 8.2 13.5 5 M8 8.2v6',
  sliders: 'M4 2.5v4 M4 9.5v4 M8 2.5v7 M8 12.5v1 M12 2.5v1 M12 6.5v7 M2.8 8h2.4 M6.8 11h2.4 M10.8 5h2.4',
  archive: 'M2 3h12v3H2Z M3 6v7h10V6 M6.5 8.8h3',
  find: 'M7 11.5a4.5 4.5 0 1 0 0-9 4.5 4.5 0 0 0 0 9Z M10.3 10.3l3.4 3.4',
  upload: 'M8 10.6V3 M4.8 5.8 8 2.6l3.2 3.2 M3 13.2h10',
} as const

export type IconName = keyof typeof DRAWN

const POINTED = new Set<IconName>(['back', 'on', 'leave', 'queue', 'plan', 'brief', 'undo', 'redo'])
const FILLED = new Set<IconName>(['play'])
const DOTTED = new Set<IconName>(['more', 'grip'])

interface IconProps {
  name: IconName
  size?: number
  filled?: boolean
}

export function Icon({ name, size = 16, filled = false }: IconProps) {
  const style: CSSProperties = { flex: 'none' }
  return (
    <svg
      aria-hidden="true"
      focusable="false"
      viewBox="0 0 16 16"
      width={size}
      height={size}
      fill={filled || FILLED.has(name) ? 'currentColor' : 'none'}
      stroke="currentColor"
      strokeWidth={DOTTED.has(name) ? 2 : 1.4}
      strokeLinecap="round"
      strokeLinejoin="round"
      style={style}
      data-pointed={POINTED.has(name) || undefined}
    >
      <path d={DRAWN[name]} />
    </svg>
  )
}
