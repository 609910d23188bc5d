import type { Clock } from '../foundation/clock.ts'

export type Race<T, Reason> =
  | { readonly kind: 'done'; readonly value: T }
  | { readonly kind: 'time' }
  | { readonly kind: 'interrupted'; readonly by: Reason }

/**
 * One who waits can be interrupted, with a reason. What is raised while nobody waits, or after a wait has ended by itself,
 * interrupts the next wait at once; the first such reason stands. What is raised while an interruption is on its way to the
 * one who waits is part of it.
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

  const race = async <T>(work: Promise<T>, limitMs: number | null): Promise<Race<T, Reason>> => {
    const told = Promise.withResolvers<Race<T, Reason>>()
    let isOver = false
    /** Nobody waits any more, though the one who waited hears of it a few steps later only. */
    const end = (tell: () => void): void => {
      if (isOver) return
      isOver = true
      waiting = null
      tell()
    }
    waiting = (by) => {
      isOver = true
      told.resolve({ kind: 'interrupted', by })
    }
    if (raised !== null) {
      waiting(raised.by)
      raised = null
    }
    const timer =
      limitMs === null
        ? null
        : clock.after(limitMs, () => {
            end(() => {
              told.resolve({ kind: 'time' })
            })
          })
    work.then(
      (value) => {
        end(() => {
          told.resolve({ kind: 'done', value })
        })
      },
      (error: unknown) => {
        end(() => {
          told.reject(error)
        })
      },
    )
    try {
      return await told.promise
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
