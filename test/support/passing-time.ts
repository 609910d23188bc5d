import type { ManualClock } from './manual-clock.ts'
import { until } from './until.ts'

const STEP_MS = 1_000

/** Moves time on, a second at a time with room for real requests in between, until the promise has settled. */
export const timePassesUntil = async (clock: ManualClock, what: string, done: Promise<unknown>): Promise<void> => {
  let isDone = false
  const ended = done.finally(() => {
    isDone = true
  })
  await until(what, () => {
    clock.advance(STEP_MS)
    return isDone
  })
  await ended
}
