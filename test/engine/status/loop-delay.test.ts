import { setTimeout as passed } from 'node:timers/promises'
import { expect, onTestFinished, test } from 'vitest'
import { createLoopDelay } from '../../../electron/engine/status/loop-delay.ts'

/** Real time is what is measured here: a few rounds of the histogram. */
const ROUNDS_MS = 60

const block = (ms: number): void => {
  const end = performance.now() + ms
  while (performance.now() < end);
}

test('what held everybody up is seen once, by the next look, with its length', async () => {
  const delay = createLoopDelay()
  onTestFinished(delay.stop)
  expect(delay.sinceLast()).toEqual({ p50Ms: 0, p99Ms: 0, maxMs: 0 })
  await passed(ROUNDS_MS)
  block(300)
  await passed(ROUNDS_MS)
  const seen = delay.sinceLast()
  expect(seen.maxMs).toBeGreaterThan(250)
  expect(seen.p50Ms).toBeGreaterThanOrEqual(0)
  expect(seen.p50Ms).toBeLessThan(250)
  expect(seen.p99Ms).toBeGreaterThan(250)
  await passed(ROUNDS_MS)
  expect(delay.sinceLast().maxMs).toBeLessThan(250)
})
