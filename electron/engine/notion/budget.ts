import type { Clock } from '../foundation/clock.ts'

/** Notion counts requests per connection in fixed windows of 60 s (180 a window; 600 on larger plans). */
const WINDOW_MS = 60_000

/** The one rate budget: every request of every worker takes its place here first. */
export interface RequestBudget {
  /** Resolves when a request may be sent; rejects when the signal aborts. */
  take(signal: AbortSignal): Promise<void>
  /** Notion asked everybody to wait. A shorter pause never shortens a longer one. */
  pauseFor(delayMs: number): void
  /** When the pause that Notion asked for ends (ms since 1970); null while there is none. */
  pausedUntil(): number | null
  /** Requests sent since the start, and how many more the present window allows. */
  usage(): { readonly sent: number; readonly left: number }
}

export const createRequestBudget = (clock: Clock, requestsPerMinute: number): RequestBudget => {
  let windowStart = Number.NEGATIVE_INFINITY
  let used = 0
  let sent = 0
  let pauseEnd = Number.NEGATIVE_INFINITY

  const delayUntilFree = (now: number): number => {
    if (now < pauseEnd) return pauseEnd - now
    // A clock that was set back must not hold the window open for longer than a window lasts.
    if (now - windowStart >= WINDOW_MS || now < windowStart) {
      windowStart = now
      used = 0
    }
    return used < requestsPerMinute ? 0 : windowStart + WINDOW_MS - now
  }

  return {
    take: async (signal) => {
      for (;;) {
        signal.throwIfAborted()
        const delayMs = delayUntilFree(clock.monotonicMs())
        if (delayMs <= 0) break
        await clock.sleep(delayMs, signal)
      }
      used += 1
      sent += 1
    },
    pauseFor: (delayMs) => {
      pauseEnd = Math.max(pauseEnd, clock.monotonicMs() + delayMs)
    },
    usage: () => ({
      sent,
      left: clock.monotonicMs() - windowStart >= WINDOW_MS ? requestsPerMinute : requestsPerMinute - used,
    }),
    pausedUntil: () => {
      const leftMs = pauseEnd - clock.monotonicMs()
      return leftMs > 0 ? clock.now() + leftMs : null
    },
  }
}
