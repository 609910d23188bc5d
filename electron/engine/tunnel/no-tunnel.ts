import type { Reach } from '../../../shared/reach.ts'
import type { Problem } from '../../../shared/status.ts'
import type { Clock } from '../foundation/clock.ts'
import {
  createPausedSubscription,
  type PausedSubscription,
  type PausedSubscriptionParts,
} from './paused-subscription.ts'
import type { Probe } from './probe.ts'
import type { SubscribedAddress } from './subscribed-address.ts'

/** How Notion reaches us. */
export interface Tunnel {
  reach(): Reach
  problems(): readonly Problem[]
  /** `listening`: the address of the listener, as `http://host:port`. */
  start(listening: string): void
  /** A signed delivery came; `host`: whom it was sent to, as far as that is told; `isForwarded`: by somebody who says so. */
  delivered(host: string | null, isForwarded: boolean): void
  /** A subscription was confirmed. */
  paired(): void
  /** See `PausedSubscription`: the catch-up's word. */
  readonly caughtUp: PausedSubscription['caughtUp']
  /** See `Probe`. */
  readonly answerProbe: Probe['answer']
  stop(): Promise<void>
}

export const NO_REACH: Reach = { provider: 'none', state: 'off', address: null, provenAt: null, message: null }

export interface NoTunnelParts {
  readonly clock: Clock
  readonly events: Pick<PausedSubscriptionParts, 'recentArrivals'>
  readonly subscribed: Pick<SubscribedAddress, 'paired'>
}

/** Without a tunnel only the catch-up brings changes: a choice, and no fault. */
export const createNoTunnel = (parts: NoTunnelParts): Tunnel => {
  const { clock, events, subscribed } = parts
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
    delivered: () => undefined,
    // At an address that only Notion knows: that of a tunnel of before is not it.
    paired: () => {
      subscribed.paired(null)
    },
    caughtUp,
    answerProbe: () => null,
    stop: () => Promise.resolve(),
  }
}
