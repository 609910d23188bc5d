import type { Clock } from './clock.ts'

/**
 * Runs the work; resolves with what it comes to, or after that time with what `late` gives, while the work goes on and
 * nobody hears of its end any more.
 */
export const within = async <T>(clock: Clock, limitMs: number, work: () => Promise<T>, late: () => T): Promise<T> => {
  const limit = Promise.withResolvers<T>()
  const timer = clock.after(limitMs, () => {
    limit.resolve(late())
  })
  try {
    return await Promise.race([work(), limit.promise])
  } finally {
    timer.cancel()
  }
}

/** Runs the work; resolves with true when it has ended, or with false after that time, while it goes on. */
export const endsWithin = (clock: Clock, limitMs: number, work: () => Promise<void>): Promise<boolean> =>
  within(
    clock,
    limitMs,
    () => work().then(() => true),
    () => false,
  )
