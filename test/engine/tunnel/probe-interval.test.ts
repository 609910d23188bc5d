import fc from 'fast-check'
import { expect, test } from 'vitest'
import { probeIntervalMs } from '../../../electron/engine/tunnel/probe-interval.ts'

const budgetOf = (paceMs: number, isRich = true) => ({ paceMs, hasToSpare: () => isRich })

const minutes = (proofs: number, isRich?: boolean): number =>
  probeIntervalMs(proofs, budgetOf(43 * 60_000, isRich)) / 60_000

test('the next probe follows two minutes after the first proof, and each proof doubles that, up to the pace', () => {
  expect([1, 2, 3, 4, 5, 6, 7].map((proofs) => minutes(proofs))).toStrictEqual([2, 4, 8, 16, 32, 43, 43])
})

test('without a proof it follows after two minutes too', () => {
  expect(minutes(0)).toBe(2)
})

test('where little is left the next one waits for twice the pace, however new the tunnel is', () => {
  expect([0, 1, 9].map((proofs) => minutes(proofs, false))).toStrictEqual([86, 86, 86])
})

test('it is never longer than the pace, never shorter than before, and always a time that a timer can take', () => {
  fc.assert(
    fc.property(fc.nat(), fc.integer({ min: 1, max: 10_000_000 }), (proofs, paceMs) => {
      const intervalMs = probeIntervalMs(proofs, budgetOf(paceMs))
      expect(intervalMs).toBeGreaterThan(0)
      expect(intervalMs).toBeLessThanOrEqual(paceMs)
      expect(probeIntervalMs(proofs + 1, budgetOf(paceMs))).toBeGreaterThanOrEqual(intervalMs)
    }),
  )
})
