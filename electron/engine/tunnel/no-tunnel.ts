import type { Reach } from '../../../shared/reach.ts'
import type { Problem } from '../../../shared/status.ts'
import type { Clock } from '../foundation/clock.ts'
import {
  createPausedSubscription,
  type PausedSubscription,
  type PausedSubscriptionParts,
} from './paused-subscription.ts'
import type { Probe } from './probe.ts'

/** How Notion reaches us. */
export interface Tunnel {
  reach(): Reach
  problems(): readonly Problem[]
  /** `listening`: the address of the listener, as `http://host:port`. */
  start(listening: string): void
  /** A signed delivery was forwarded to us; `host`: whom it was sent to, where whoever forwards says so. */
  forwarded(host: string | null): void
  /** A subscription was confirmed. */
  paired(): void
  /** See `PausedSubscription`: the catch-up's word. */
  readonly caughtUp: PausedSubscription['caughtUp']
  /** See `Probe`. */
  readonly answerProbe: Probe['answer']
  stop(): Promise<void>
}

export const NO_REACH: Reach = { provider: 'none', state: 'off', address: null, provenAt: null, message: null }

/** Without a tunnel only the catch-up brings changes: a choice, and no fault. */
export const createNoTunnel = (clock: Clock, events: Pick<PausedSubscriptionParts, 'recentArrivals'>): Tunnel => {
  const startedAt = clock.now()
  const { caughtUp, problem } = createPausedSubscription({
    clock,
    recentArrivals: events.recentArrivals,
    // Somebody may forward to us without our knowing.
    reachableSince: () => startedAt,
  })
  return {
    reach: () => NO_REACH,
    problems: () => [problem()].filter((told) => told !== null),
    start: () => undefined,
    forwarded: () => undefined,
    paired: () => undefined,
    caughtUp,
    answerProbe: () => null,
    stop: () => Promise.resolve(),
  }
}
