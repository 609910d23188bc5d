import type { Clock } from '../engine/foundation/clock.ts'

const WINDOW_MS = 60_000

/** Counts requests in fixed windows of a minute; the first request after a window's end opens the next one. */
export interface RateWindow {
  /** Null when the request is within the limit; otherwise the seconds until the window ends. */
  take(): number | null
}

export const createRateWindow = (requestsPerMinute: number | null, clock: Clock): RateWindow => {
  let startedMs = Number.NEGATIVE_INFINITY
  let taken = 0
  return {
    take: () => {
      if (requestsPerMinute === null) return null
      const nowMs = clock.now()
      if (nowMs - startedMs >= WINDOW_MS || nowMs < startedMs) {
        startedMs = nowMs
        taken = 0
      }
      if (taken < requestsPerMinute) {
        taken += 1
        return null
      }
      return Math.max(1, Math.ceil((startedMs + WINDOW_MS - nowMs) / 1000))
    },
  }
}
