/** Names of rows that this page makes: UUIDs that sort by when they were made (RFC 9562, version 7). */

let last = 0n

/** A new one; of those that this page makes, each sorts after the one before. */
export function freshId(now = Date.now()): string {
  const random = crypto.getRandomValues(new BigUint64Array(1))[0] ?? 0n
  const counted = BigInt(now) << 12n
  last = counted > last ? counted : last + 1n
  const high = ((last >> 12n) << 16n) | 0x7000n | (last & 0xfffn)
  const low = (random & 0x3fff_ffff_ffff_ffffn) | 0x8000_0000_0000_0000n
  const text = (high.toString(16).padStart(16, '0') + low.toString(16)).slice(-32)
  return [text.slice(0, 8), text.slice(8, 12), text.slice(12, 16), text.slice(16, 20), text.slice(20)].join(
    '-',
  )
}
