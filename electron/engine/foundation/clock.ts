import { setTimeout as delay } from 'node:timers/promises'

export interface Timer {
  cancel(): void
}

/** Time, as an argument: the one home of the system clock, so that tests can move it by hand. */
export interface Clock {
  /** Milliseconds since 1970 (UTC). */
  now(): number
  /** Milliseconds from an arbitrary start; never goes backwards. For durations. */
  monotonicMs(): number
  /** Calls back once after `delayMs`; does not keep the process alive. */
  after(delayMs: number, call: () => void): Timer
  /** Resolves after `delayMs`; rejects when the signal aborts. */
  sleep(delayMs: number, signal?: AbortSignal): Promise<void>
}

/** setTimeout takes at most this long; longer ones end at this limit, and their owners ask again. */
const LONGEST_TIMER_MS = 2 ** 31 - 1

export const systemClock: Clock = {
  now: () => Date.now(),
  monotonicMs: () => performance.now(),
  after: (delayMs, call) => {
    const handle = setTimeout(call, Math.min(Math.max(0, delayMs), LONGEST_TIMER_MS))
    handle.unref()
    return {
      cancel: () => {
        clearTimeout(handle)
      },
    }
  },
  sleep: async (delayMs, signal) => {
    await delay(Math.min(Math.max(0, delayMs), LONGEST_TIMER_MS), undefined, signal === undefined ? {} : { signal })
  },
}

export const isoTime = (ms: number): string => new Date(ms).toISOString()
