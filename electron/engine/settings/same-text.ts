import { timingSafeEqual } from 'node:crypto'

/** Compares what somebody sent with a secret of ours: how long it takes tells only whether the lengths differ. */
export const isSameText = (given: string, expected: string): boolean => {
  const a = Buffer.from(given)
  const b = Buffer.from(expected)
  return a.length === b.length && timingSafeEqual(a, b)
}
