import type { Clock, Timer } from '../../electron/engine/foundation/clock.ts'

/** Time that only a test moves. */
export interface ManualClock extends Clock {
  /** Moves time on; whatever is due on the way is called at its own time, in order. */
  advance(ms: number): void
  /** When the timers that are set will fire (ms since 1970), soonest first. */
  dueTimes(): readonly number[]
  /** Resolves when the next timer is set, or the next sleep begins. */
  nextTimer(): Promise<void>
}

interface Entry {
  readonly dueAt: number
  readonly call: () => void
}

export const createManualClock = (startMs = Date.UTC(2026, 10, 23, 12)): ManualClock => {
  let nowMs = startMs
  let entries: Entry[] = []
  let set = Promise.withResolvers<undefined>()

  const remove = (entry: Entry): void => {
    entries = entries.filter((other) => other !== entry)
  }

  const soonest = (): Entry | undefined => entries.toSorted((a, b) => a.dueAt - b.dueAt)[0]

  const after = (delayMs: number, call: () => void): Timer => {
    const entry = { dueAt: nowMs + Math.max(0, delayMs), call }
    entries.push(entry)
    set.resolve(undefined)
    set = Promise.withResolvers()
    return {
      cancel: () => {
        remove(entry)
      },
    }
  }

  const sleep = (delayMs: number, signal?: AbortSignal): Promise<void> =>
    new Promise((resolve, reject) => {
      signal?.throwIfAborted()
      const timer = after(delayMs, resolve)
      signal?.addEventListener('abort', () => {
        timer.cancel()
        reject(signal.reason instanceof Error ? signal.reason : new Error('aborted'))
      })
    })

  return {
    now: () => nowMs,
    monotonicMs: () => nowMs - startMs,
    after,
    sleep,
    advance: (ms) => {
      const end = nowMs + ms
      for (let entry = soonest(); entry !== undefined && entry.dueAt <= end; entry = soonest()) {
        remove(entry)
        nowMs = Math.max(nowMs, entry.dueAt)
        entry.call()
      }
      nowMs = end
    },
    dueTimes: () => entries.map((entry) => entry.dueAt).toSorted((a, b) => a - b),
    nextTimer: () => set.promise,
  }
}
