import type { Clock } from './clock.ts'

/** Runs the work; resolves with true when it has ended, or with false after that time, while it goes on. */
export const endsWithin = async (clock: Clock, limitMs: number, work: () => Promise<void>): Promise<boolean> => {
  const limit = Promise.withResolvers<boolean>()
  const timer = clock.after(limitMs, () => {
    limit.resolve(false)
  })
  try {
    return await Promise.race([work().then(() => true), limit.promise])
  } finally {
    timer.cancel()
  }
}
