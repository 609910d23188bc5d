import fc from 'fast-check'
import { expect, test } from 'vitest'
import { probeIntervalMs } from '../../../electron/engine/tunnel/probe-interval.ts'

const PACE_MS = 43 * 60_000
const MINUTES = (proofs: number): number => probeIntervalMs(proofs, PACE_MS) / 60_000

test('the next probe follows two minutes after the first proof, and each proof doubles that, up to the pace', () => {
  expect([1, 2, 3, 4, 5, 6, 7].map(MINUTES)).toStrictEqual([2, 4, 8, 16, 32, 43, 43])
})

test('without a proof it follows after two minutes too', () => {
  expect(MINUTES(0)).toBe(2)
})

test('it is never longer than the pace, never shorter than before, and always a time that a timer can take', () => {
  fc.assert(
    fc.property(fc.nat(), fc.integer({ min: 1, max: 10_000_000 }), (proofs, paceMs) => {
      const intervalMs = probeIntervalMs(proofs, paceMs)
      expect(intervalMs).toBeGreaterThan(0)
      expect(intervalMs).toBeLessThanOrEqual(paceMs)
      expect(probeIntervalMs(proofs + 1, paceMs)).toBeGreaterThanOrEqual(intervalMs)
    }),
  )
})
