import type { Failure } from '../../../shared/failures.ts'
import type { Clock, Timer } from '../foundation/clock.ts'
import type { Log } from '../foundation/log.ts'
import { createOutageWatch, isOutageFailure, type OutageKind } from './outage.ts'

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
  /** The network is back, or a person says so: asks now. */
  probeNow(): void
  stop(): void
}

export const createFlow = ({ clock, log, pause, rateLimitedUntil, probe, onOpen }: FlowParts): Flow => {
  const watch = createOutageWatch()
  let outage: { readonly kind: OutageKind; readonly since: number } | null = null
  let timer: Timer | null = null
  let isProbing = false
  let isStopped = false

  const schedule = (): void => {
    timer?.cancel()
    if (!isStopped) timer = clock.after(PROBE_EVERY_MS, probeNow)
  }

  const ask = async (): Promise<void> => {
    const failure = await probe()
    if (failure !== null && isOutageFailure(failure)) {
      schedule()
      return
    }
    outage = null
    timer?.cancel()
    log.info({}, 'Notion answers again; the queue goes on')
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
    if (outage !== null) return
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
      // It was under way when the outage began.
      if (outage !== null && failure !== null && isOutageFailure(failure)) return []
      const verdict = watch.ended(entity, jobId, failure)
      if (verdict.kind === 'own') return null
      begin(verdict.outage)
      return verdict.sharedBy
    },
    probeNow,
    stop: () => {
      isStopped = true
      timer?.cancel()
    },
  }
}
