import type { Failure } from '../../../shared/failures.ts'
import type { Clock, Timer } from '../foundation/clock.ts'
import type { Log } from '../foundation/log.ts'
import { createOutageWatch, type OutageKind, type OutageRules } from './outage.ts'

/** While Notion cannot answer, or the disk refuses, one probe asks this often whether it can again. */
export const PROBE_EVERY_MS = 30_000

export interface ProbedOutageParts {
  readonly clock: Clock
  readonly log: Log
  readonly rules: OutageRules
  /** For the log. */
  readonly words: Readonly<Record<OutageKind | 'over', string>>
  /** Gives its failure, or null. */
  readonly probe: () => Promise<Failure | null>
  /** The last attempts of these jobs cost nothing after all. */
  readonly giveBack: (jobIds: readonly number[]) => void
  readonly onOver: () => void
}

/** An outage that ends with a probe. */
export interface ProbedOutage {
  /** Null: there is none. `message`: the newest failure's. */
  present(): { readonly kind: OutageKind; readonly since: number; readonly message: string } | null
  /** An attempt ended. Gives the jobs besides this one whose last attempt cost nothing after all; null: it was its own. */
  attemptEnded(entity: string, jobId: number, failure: Failure | null): readonly number[] | null
  /** Failed while the probe was answered, and has not ended in another way since. */
  isSuspect(entity: string): boolean
  probeNow(): void
  stop(): void
}

export const createProbedOutage = (parts: ProbedOutageParts): ProbedOutage => {
  const { clock, log, words } = parts
  const watch = createOutageWatch(parts.rules)
  let present: ReturnType<ProbedOutage['present']> = null
  let timer: Timer | null = null
  let isProbing = false
  let isStopped = false

  const probeIn = (delayMs: number): void => {
    timer?.cancel()
    if (!isStopped) timer = clock.after(delayMs, probeNow)
  }

  const probeLater = (): void => {
    probeIn(PROBE_EVERY_MS)
  }

  const giveBack = (jobIds: readonly number[]): void => {
    if (jobIds.length > 0) parts.giveBack(jobIds)
  }

  const ask = async (): Promise<void> => {
    const failure = await parts.probe()
    // A probe that the end of the program gave up says nothing.
    if (isStopped) return
    const { isOver, refunded } = watch.probed(failure)
    giveBack(refunded)
    if (!isOver) {
      if (present !== null && failure !== null) present = { ...present, message: failure.message }
      probeLater()
      return
    }
    present = null
    timer?.cancel()
    log.info({}, words.over)
    parts.onOver()
  }

  function probeNow(): void {
    if (present === null || isProbing || isStopped) return
    isProbing = true
    ask()
      .catch(probeLater)
      .finally(() => {
        isProbing = false
      })
  }

  return {
    present: () => present,
    attemptEnded: (entity, jobId, failure) => {
      const { isFree, begins, refunded } = watch.ended(entity, jobId, failure)
      if (begins !== null && failure !== null) {
        present = { kind: begins, since: clock.now(), message: failure.message }
        log.warn({ kind: begins, code: failure.code }, words[begins])
        probeIn(begins === 'offline' ? PROBE_EVERY_MS : parts.rules.firstProbeMs)
      }
      if (isFree) return refunded
      giveBack(refunded)
      return null
    },
    isSuspect: watch.isSuspect,
    probeNow,
    stop: () => {
      isStopped = true
      timer?.cancel()
    },
  }
}
