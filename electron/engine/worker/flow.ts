import type { Failure } from '../../../shared/failures.ts'
import type { Clock } from '../foundation/clock.ts'
import type { Log } from '../foundation/log.ts'
import { createSignal } from '../foundation/signal.ts'
import { DISK_OUTAGE, NOTION_OUTAGE, type OutageKind } from './outage.ts'
import { createProbedOutage, PROBE_EVERY_MS } from './probed-outage.ts'

/** Why nothing is claimed. Times in ms since 1970; `until` null: until a person says so. */
export type Hold =
  | { readonly kind: 'paused'; readonly until: number | null }
  | { readonly kind: 'rate-limited'; readonly until: number }
  | { readonly kind: 'outage'; readonly outage: OutageKind; readonly since: number }
  /** `message`: what it said last, and what helps. */
  | { readonly kind: 'disk'; readonly since: number; readonly message: string }

/** The pause that a person asked for; it outlives a restart. */
export interface PauseStore {
  /** Null: not paused. */
  get(): { readonly until: number | null } | null
}

export interface FlowParts {
  readonly clock: Clock
  readonly log: Log
  readonly pause: PauseStore
  readonly rateLimitedUntil: () => number | null
  /** One request of no consequence; gives its failure, or null. */
  readonly probe: () => Promise<Failure | null>
  /** The same of the disk: one small file, and one small commit. */
  readonly probeDisk: () => Promise<Failure | null>
  /** The last attempts of these jobs cost nothing after all. */
  readonly refund: (jobIds: readonly number[]) => void
  /** Claiming is possible again. */
  readonly onOpen: () => void
}

/** Decides whether jobs may be claimed: for everybody at once, so that a trouble of all costs nobody an attempt. */
export interface Flow {
  /** Null: jobs flow. */
  hold(): Hold | null
  /** When a hold ends by itself (ms since 1970); null where there is none, or it has no known end. */
  opensAt(): number | null
  /** An attempt ended. Gives the jobs besides this one whose last attempt cost nothing after all; null: it was its own. */
  attemptEnded(entity: string, jobId: number, failure: Failure | null): readonly number[] | null
  /** Notion fails for it and answers otherwise: its next attempt waits at least this long (ms), so that others come first. */
  leastDelayMs(entity: string): number
  /** Resolves when no outage of Notion is known: at once, or with the end of the present one. Rejects when the signal aborts. */
  outageOver(signal: AbortSignal): Promise<void>
  /** The network is back, the disk has room, or a person says so: asks now. */
  probeNow(): void
  stop(): void
}

export const createFlow = ({
  clock,
  log,
  pause,
  rateLimitedUntil,
  probe,
  probeDisk,
  refund,
  onOpen,
}: FlowParts): Flow => {
  const over = createSignal()
  const notion = createProbedOutage({
    clock,
    log,
    rules: NOTION_OUTAGE,
    words: {
      offline: 'Notion cannot be reached; the queue pauses and asks again every 30 seconds',
      failing: 'Notion fails for several pages in a row; the queue pauses and asks again every 30 seconds',
      over: 'Notion answers again; the queue goes on',
    },
    probe,
    giveBack: refund,
    onOver: () => {
      over.notify()
      onOpen()
    },
  })
  const refusing = 'The disk refuses; the queue pauses and tries it every 30 seconds'
  const disk = createProbedOutage({
    clock,
    log,
    rules: DISK_OUTAGE,
    words: { offline: refusing, failing: refusing, over: 'The disk can be written to again; the queue goes on' },
    probe: probeDisk,
    giveBack: refund,
    onOver: onOpen,
  })
  const outages = [notion, disk]

  const personalPause = (): { readonly until: number | null } | null => {
    const paused = pause.get()
    return paused === null || (paused.until !== null && paused.until <= clock.now()) ? null : paused
  }

  return {
    hold: () => {
      const paused = personalPause()
      if (paused !== null) return { kind: 'paused', until: paused.until }
      const refusal = disk.present()
      if (refusal !== null) return { kind: 'disk', since: refusal.since, message: refusal.message }
      const outage = notion.present()
      if (outage !== null) return { kind: 'outage', outage: outage.kind, since: outage.since }
      const until = rateLimitedUntil()
      return until === null ? null : { kind: 'rate-limited', until }
    },
    opensAt: () => {
      const ends = [personalPause(), { until: rateLimitedUntil() }].flatMap((entry) => entry?.until ?? [])
      return outages.some((outage) => outage.present() !== null) || ends.length === 0 ? null : Math.max(...ends)
    },
    attemptEnded: (entity, jobId, failure) => {
      // Both hear of every end: what is the one's may end a row of the other's.
      const shares = outages.map((outage) => outage.attemptEnded(entity, jobId, failure))
      return shares.find((share) => share !== null) ?? null
    },
    leastDelayMs: (entity) => (notion.isSuspect(entity) ? PROBE_EVERY_MS : 0),
    outageOver: async (signal) => {
      while (notion.present() !== null) {
        signal.throwIfAborted()
        const aborted = Promise.withResolvers<never>()
        const giveUp = (): void => {
          aborted.reject(signal.reason)
        }
        signal.addEventListener('abort', giveUp)
        await Promise.race([over.next(), aborted.promise]).finally(() => {
          signal.removeEventListener('abort', giveUp)
        })
      }
    },
    probeNow: () => {
      for (const outage of outages) outage.probeNow()
    },
    stop: () => {
      for (const outage of outages) outage.stop()
    },
  }
}
