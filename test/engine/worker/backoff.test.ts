import fc from 'fast-check'
import { expect, test } from 'vitest'
import { backoffMs } from '../../../electron/engine/worker/backoff.ts'

test('the delay is 2 s, 4 s, 8 s and so on, without jitter', () => {
  expect([1, 2, 3, 4, 5].map((failed) => backoffMs(failed, 0))).toStrictEqual([2_000, 4_000, 8_000, 16_000, 32_000])
})

test('jitter adds a quarter at most, and takes nothing away', () => {
  const random = fc.double({ min: 0, max: 1, noNaN: true })
  fc.assert(
    fc.property(fc.integer({ min: 1, max: 21 }), random, (failed, chance) => {
      const base = Math.min(3_600_000, 2_000 * 2 ** (failed - 1))
      const delayMs = backoffMs(failed, chance)
      expect(Number.isInteger(delayMs)).toBe(true)
      expect(delayMs).toBeGreaterThanOrEqual(base)
      expect(delayMs).toBeLessThanOrEqual(base * 1.25)
    }),
  )
})

test('attempts that failed together are spread: another chance is another delay', () => {
  expect(backoffMs(1, 0.5)).toBe(2_250)
  expect(backoffMs(1, 1)).toBe(2_500)
})

test('no attempt is put off for more than an hour and a quarter, whatever their number', () => {
  for (const failed of [12, 100, 5_000]) expect(backoffMs(failed, 1)).toBe(4_500_000)
})
