import fc from 'fast-check'
import { expect, test } from 'vitest'
import { probeRetryDelayMs, retryDelayMs } from '../../../electron/engine/tunnel/retry-delay.ts'

const PACE_MS = 43 * 60_000
const budgetOf = (scarcity: number) => ({ paceMs: PACE_MS, scarcity: () => scarcity })

test('is a second first, doubled by each failure, and a minute at last', () => {
  const delays = [1, 2, 4, 8, 16, 32, 60, 60].map((seconds) => seconds * 1_000)
  expect(delays.map((_, failures) => retryDelayMs(failures))).toEqual(delays)
  expect(delays.map((_, failures) => probeRetryDelayMs(failures, budgetOf(0)))).toEqual(delays)
  expect(retryDelayMs(1_000_000)).toBe(60_000)
})

test('where it costs a probe, the minute grows as they get scarce, up to the pace', () => {
  expect(probeRetryDelayMs(100, budgetOf(1))).toBe(PACE_MS)
  expect(probeRetryDelayMs(100, budgetOf(0.5))).toBeCloseTo(Math.sqrt(60_000 * PACE_MS))
  // The first ones are soon all the same: most faults are short.
  expect([0, 1, 2].map((failures) => probeRetryDelayMs(failures, budgetOf(1)))).toEqual([1_000, 2_000, 4_000])
})

test('is never longer than the pace, nor shorter than after fewer failures or with more probes', () => {
  fc.assert(
    fc.property(
      fc.nat(),
      fc.double({ min: 0, max: 1, noNaN: true }),
      fc.double({ min: 0, max: 1, noNaN: true }),
      (failures, one, other) => {
        const [less = 0, more = 0] = [one, other].toSorted((a, b) => a - b)
        const delayMs = probeRetryDelayMs(failures, budgetOf(less))
        expect(delayMs).toBeLessThanOrEqual(PACE_MS)
        expect(probeRetryDelayMs(failures + 1, budgetOf(less))).toBeGreaterThanOrEqual(delayMs)
        expect(probeRetryDelayMs(failures, budgetOf(more))).toBeGreaterThanOrEqual(delayMs)
      },
    ),
  )
})
