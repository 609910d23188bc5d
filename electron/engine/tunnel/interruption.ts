import type { Clock } from '../foundation/clock.ts'

export type Race<T, Reason> =
  | { readonly kind: 'done'; readonly value: T }
  | { readonly kind: 'time' }
  | { readonly kind: 'interrupted'; readonly by: Reason }

/**
 * One who waits can be interrupted, with a reason. What is raised while nobody waits interrupts the next wait at once; the
 * first such reason stands.
 */
export interface Interruption<Reason> {
  raise(reason: Reason): void
  /** Waits for the work, so long at most (null: for ever). The work goes on when it is not waited for any more. */
  race<T>(work: Promise<T>, limitMs: number | null): Promise<Race<T, Reason>>
  /** Null: the time is over. */
  wait(delayMs: number): Promise<Reason | null>
}

export const createInterruption = <Reason>(clock: Clock): Interruption<Reason> => {
  let raised: { readonly by: Reason } | null = null
  let waiting: ((by: Reason) => void) | null = null

  const interrupted = (): Promise<Reason> => {
    if (raised !== null) {
      const { by } = raised
      raised = null
      return Promise.resolve(by)
    }
    return new Promise((resolve) => {
      waiting = resolve
    })
  }

  const race = async <T>(work: Promise<T>, limitMs: number | null): Promise<Race<T, Reason>> => {
    const time = Promise.withResolvers<Race<T, Reason>>()
    const timer =
      limitMs === null
        ? null
        : clock.after(limitMs, () => {
            time.resolve({ kind: 'time' })
          })
    try {
      return await Promise.race([
        interrupted().then((by): Race<T, Reason> => ({ kind: 'interrupted', by })),
        work.then((value): Race<T, Reason> => ({ kind: 'done', value })),
        time.promise,
      ])
    } finally {
      waiting = null
      timer?.cancel()
    }
  }

  return {
    raise: (by) => {
      if (waiting === null) raised ??= { by }
      else waiting(by)
    },
    race,
    wait: async (delayMs) => {
      const ended = await race(Promise.withResolvers<never>().promise, delayMs)
      return ended.kind === 'interrupted' ? ended.by : null
    },
  }
}
