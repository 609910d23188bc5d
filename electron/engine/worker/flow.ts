import type { Failure } from '../../../shared/failures.ts'
import type { Clock, Timer } from '../foundation/clock.ts'
import type { Log } from '../foundation/log.ts'
import { createSignal } from '../foundation/signal.ts'
import { createOutageWatch, type OutageKind } from './outage.ts'

/** While Notion cannot answer, one request asks this often whether it can again. */
const PROBE_EVERY_MS = 30_000

/** Why nothing is claimed. Times in ms since 1970; `until` null: until a person says so. */
export type Hold =
  | { readonly kind: 'paused'; readonly until: number | null }
  | { readonly kind: 'rate-limited'; readonly until: number }
  | { readonly kind: 'outage'; readonly outage: OutageKind; readonly since: number }

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
  /** Resolves when no outage is known: at once, or with the end of the present one. Rejects when the signal aborts. */
  outageOver(signal: AbortSignal): Promise<void>
  /** The network is back, or a person says so: asks now. */
  probeNow(): void
  stop(): void
}

export const createFlow = ({ clock, log, pause, rateLimitedUntil, probe, refund, onOpen }: FlowParts): Flow => {
  const watch = createOutageWatch()
  const over = createSignal()
  let outage: { readonly kind: OutageKind; readonly since: number } | null = null
  let timer: Timer | null = null
  let isProbing = false
  let isStopped = false

  const schedule = (): void => {
    timer?.cancel()
    if (!isStopped) timer = clock.after(PROBE_EVERY_MS, probeNow)
  }

  const giveBack = (jobIds: readonly number[]): void => {
    if (jobIds.length > 0) refund(jobIds)
  }

  const ask = async (): Promise<void> => {
    const failure = await probe()
    // A probe that the end of the program gave up says nothing of Notion.
    if (isStopped) return
    const { isOver, refunded } = watch.probed(failure)
    giveBack(refunded)
    if (!isOver) {
      schedule()
      return
    }
    outage = null
    timer?.cancel()
    log.info({}, 'Notion answers again; the queue goes on')
    over.notify()
    onOpen()
  }

  function probeNow(): void {
    if (outage === null || isProbing || isStopped) return
    isProbing = true
    ask()
      .catch(schedule)
      .finally(() => {
        isProbing = false
      })
  }

  const begin = (kind: OutageKind): void => {
    outage = { kind, since: clock.now() }
    const message = kind === 'offline' ? 'Notion cannot be reached' : 'Notion fails for several pages in a row'
    log.warn({ kind }, `${message}; the queue pauses and asks again every 30 seconds`)
    schedule()
  }

  const personalPause = (): { readonly until: number | null } | null => {
    const paused = pause.get()
    return paused === null || (paused.until !== null && paused.until <= clock.now()) ? null : paused
  }

  return {
    hold: () => {
      const paused = personalPause()
      if (paused !== null) return { kind: 'paused', until: paused.until }
      if (outage !== null) return { kind: 'outage', outage: outage.kind, since: outage.since }
      const until = rateLimitedUntil()
      return until === null ? null : { kind: 'rate-limited', until }
    },
    opensAt: () => {
      const ends = [personalPause(), { until: rateLimitedUntil() }].flatMap((entry) => entry?.until ?? [])
      return outage !== null || ends.length === 0 ? null : Math.max(...ends)
    },
    attemptEnded: (entity, jobId, failure) => {
      const { isFree, begins, refunded } = watch.ended(entity, jobId, failure)
      if (begins !== null) begin(begins)
      if (isFree) return refunded
      giveBack(refunded)
      return null
    },
    outageOver: async (signal) => {
      while (outage !== null) {
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
    probeNow,
    stop: () => {
      isStopped = true
      timer?.cancel()
    },
  }
}
