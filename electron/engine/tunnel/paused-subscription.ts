import type { Problem } from '../../../shared/status.ts'
import { type Clock, isoTime } from '../foundation/clock.ts'

/** What is usual is read from so many of the newest arrivals. */
const ARRIVALS_LOOKED_AT = 100

/** A shorter silence says nothing, however busy it was before. */
const SHORTEST_SILENCE_MS = 3_600_000

/** Until enough came to know what is usual. */
const USUAL_AT_FIRST_MS = 6 * 3_600_000
const ENOUGH_GAPS = 10

export interface PausedSubscriptionParts {
  readonly clock: Clock
  /** When the newest deliveries came (ms since 1970), the newest first. */
  readonly recentArrivals: (limit: number) => readonly number[]
  /** Since when deliveries could come (ms since 1970); null: they cannot. */
  readonly reachableSince: () => number | null
}

/**
 * Notion pauses a subscription without a word to us (only an e-mail tells). What shows it: changes that a catch-up finds,
 * while nothing came for longer than usual although it could have come.
 */
export interface PausedSubscription {
  /** A catch-up has ended: it found so many changes of which no event had told. */
  caughtUp(changes: number): void
  problem(): Problem | null
}

/** The longest time between two of these arrivals: nights and weekends are usual too. */
const usualGapMs = (newestFirst: readonly number[]): number => {
  const gaps = newestFirst.slice(1).map((at, nth) => (newestFirst[nth] ?? at) - at)
  return gaps.length < ENOUGH_GAPS ? USUAL_AT_FIRST_MS : Math.max(SHORTEST_SILENCE_MS, ...gaps)
}

export const createPausedSubscription = (parts: PausedSubscriptionParts): PausedSubscription => {
  const { clock, recentArrivals, reachableSince } = parts
  let found: { readonly changes: number; readonly since: number } | null = null

  return {
    caughtUp: (changes) => {
      const reachable = reachableSince()
      if (changes === 0 || reachable === null) return
      const arrivals = recentArrivals(ARRIVALS_LOOKED_AT)
      const since = Math.max(reachable, arrivals[0] ?? 0)
      if (clock.now() - since > usualGapMs(arrivals)) found = { changes, since }
    },
    problem: () => {
      if (found === null) return null
      const [newest = 0] = recentArrivals(1)
      if (newest > found.since) found = null
      if (found === null) return null
      const { changes, since } = found
      return {
        code: 'subscription-paused',
        severity: 'failure',
        message: `Notion has sent nothing since ${isoTime(since)}, yet a catch-up found ${changes} ${changes === 1 ? 'change' : 'changes'}: it has probably paused the subscription. In Notion, open Settings, Connections, your connection, Webhooks, and resume it there.`,
      }
    },
  }
}
