import type { Clock } from './clock.ts'
import { endsWithin } from './deadline.ts'
import type { Log } from './log.ts'

/** The whole end is promised within 10 s: what is given up needs a moment to come to rest. */
const DRAIN_LIMIT_MS = 9_000
const END_LIMIT_MS = 9_500

export interface OrderlyEndParts {
  readonly clock: Clock
  readonly log: Log
  /** Aborted when what is still on its way is given up. */
  readonly ending: AbortController
  readonly stopAtOnce: readonly (() => void)[]
  /** Ends what is active, in order. */
  readonly drain: () => Promise<void>
  /** What ends by itself once all was given up. */
  readonly comeToRest: () => Promise<unknown>
  readonly close: () => void
}

/** Gives the end of a program: at most 10 s. It answers false where the disk did not. */
export const createOrderlyEnd = (parts: OrderlyEndParts) => async (): Promise<boolean> => {
  const { clock, log, ending } = parts
  const limit = clock.after(DRAIN_LIMIT_MS, () => {
    ending.abort()
  })
  for (const stop of parts.stopAtOnce) stop()
  const isOrderly = await endsWithin(clock, END_LIMIT_MS, async () => {
    await parts.drain()
    ending.abort()
    await parts.comeToRest()
  }).finally(limit.cancel)
  // Closing would wait for a disk that does not answer: the next start takes up what is left, as after a crash.
  if (isOrderly) parts.close()
  else log.error({}, 'The disk does not answer; ending without it')
  return isOrderly
}
