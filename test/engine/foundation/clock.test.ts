import { expect, test } from 'vitest'
import { isoTime, systemClock } from '../../../electron/engine/foundation/clock.ts'
import { createSignal } from '../../../electron/engine/foundation/signal.ts'

test('a timer calls back once, also when its time is past, and a cancelled one never', async () => {
  const told: string[] = []
  const cancelled = systemClock.after(0, () => told.push('cancelled'))
  cancelled.cancel()
  await new Promise<void>((resolve) => {
    systemClock.after(-5, () => {
      told.push('fired')
      resolve()
    })
  })
  expect(told).toEqual(['fired'])
})

test('a sleep ends at once when it is given up', async () => {
  const ending = new AbortController()
  const sleeping = systemClock.sleep(3_600_000, ending.signal)
  ending.abort()
  await expect(sleeping).rejects.toMatchObject({ name: 'AbortError' })
})

test('durations never go backwards, and times are printed in UTC', () => {
  const from = systemClock.monotonicMs()
  expect(systemClock.monotonicMs()).toBeGreaterThanOrEqual(from)
  expect(isoTime(0)).toBe('1970-01-01T00:00:00.000Z')
})

test('a signal wakes all that wait for it, and nobody with what was before', async () => {
  const signal = createSignal()
  signal.notify()
  const told: string[] = []
  const waiting = ['a', 'b'].map(async (name) => {
    await signal.next()
    told.push(name)
  })
  await Promise.resolve()
  expect(told).toEqual([])
  signal.notify()
  await Promise.all(waiting)
  expect(told).toEqual(['a', 'b'])
})
