import { expect, test } from 'vitest'
import { endsWithin, within } from '../../../electron/engine/foundation/deadline.ts'
import { createManualClock } from '../../support/manual-clock.ts'

test('work that ends in time gives what it comes to, and leaves no timer', async () => {
  const clock = createManualClock()
  const work = async (): Promise<string> => 'done'
  expect(await within(clock, 1_000, work, () => 'late')).toBe('done')
  expect(await endsWithin(clock, 1_000, async () => undefined)).toBe(true)
  await expect(
    within(
      clock,
      1_000,
      () => Promise.reject(new Error('broken')),
      () => 'late',
    ),
  ).rejects.toThrow('broken')
  expect(clock.dueTimes()).toEqual([])
})

test('work that takes longer is given up, and its later end disturbs nobody', async () => {
  const clock = createManualClock()
  const work = Promise.withResolvers<string>()
  const result = within(
    clock,
    1_000,
    () => work.promise,
    () => 'late',
  )
  const ends = endsWithin(clock, 1_000, async () => {
    await work.promise
  })
  clock.advance(1_000)
  expect(await result).toBe('late')
  expect(await ends).toBe(false)
  work.reject(new Error('too late to matter'))
})
