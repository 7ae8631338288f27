/** Marks over a picture, as they were drawn: in shares of it, so that they fit it at every size. */
import type { Mark } from '../../api/types'
import styles from './Marks.module.css'

interface MarksProps {
  marks: readonly Mark[]
  /** Width by height of the picture. */
  shape: number
  /** Which one is selected. */
  selected?: number | null
  onPress?(at: number, event: React.PointerEvent): void
}

/** Units of the drawing's height: widths of lines are told in thousandths of it. */
const TALL = 1000

export function Marks({ marks, shape, selected = null, onPress }: MarksProps) {
  const wide = TALL * shape
  return (
    <svg
      className={styles.marks}
      viewBox={`0 0 ${wide} ${TALL}`}
      preserveAspectRatio="none"
      aria-hidden="true"
      data-pressable={onPress !== undefined || undefined}
    >
      {marks.map((mark, at) => (
        <g
          // biome-ignore lint/suspicious/noArrayIndexKey: a mark is known by its place in the drawing
          key={at}
          className={styles.mark}
          data-selected={at === selected || undefined}
          onPointerDown={(event) => onPress?.(at, event)}
        >
          <Shape mark={mark} wide={wide} />
        </g>
      ))}
    </svg>
  )
}

function Shape({ mark, wide }: { mark: Mark; wide: number }) {
  const points = mark.points.map(([x = 0, y = 0]) => [x * wide, y * TALL] as const)
  const [[x, y] = [0, 0], [a, b] = [x, y]] = points
  if (mark.kind === 'words') return <Words mark={mark} x={x} y={y} />
  const path =
    mark.kind === 'box'
      ? `M${x} ${y}H${a}V${b}H${x}Z`
      : mark.kind === 'arrow'
        ? arrow([x, y], [a, b], mark.width)
        : `M${points.map(([across, down]) => `${across} ${down}`).join('L')}`
  return (
    <>
      <path d={path} className={styles.reach} strokeWidth={mark.width + 24} />
      <path d={path} className={styles.edge} strokeWidth={mark.width + 4} />
      <path d={path} stroke={mark.colour} strokeWidth={mark.width} />
    </>
  )
}

function Words({ mark, x, y }: { mark: Mark; x: number; y: number }) {
  return (
    <text
      x={x}
      y={y}
      fill={mark.colour}
      fontSize={mark.width * 6}
      className={styles.words}
      direction={isRtl(mark.text ?? '') ? 'rtl' : 'ltr'}
    >
      {mark.text}
    </text>
  )
}

function arrow([x, y]: readonly [number, number], [a, b]: readonly [number, number], width: number): string {
  const along = Math.atan2(b - y, a - x)
  const head = 14 + width * 2.6
  const [one, other] = [along + 2.55, along - 2.55].map(
    (way) => `${a + head * Math.cos(way)} ${b + head * Math.sin(way)}`,
  )
  return `M${x} ${y}L${a} ${b}M${one}L${a} ${b}L${other}`
}

function isRtl(text: string): boolean {
  return /^[^\p{L}]*\p{Script=Arabic}/u.test(text)
}
