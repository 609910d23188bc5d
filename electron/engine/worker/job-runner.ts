import { entityKey } from '../../../shared/entities.ts'
import type { Clock } from '../foundation/clock.ts'
import { errorText } from '../foundation/errors.ts'
import type { Log } from '../foundation/log.ts'
import type { Failure } from '../../../shared/failures.ts'
import type { FailedAttempt, JobOutcome } from '../../../shared/jobs.ts'
import { type AttemptEnd, type AttemptJob, type AttemptParts, runAttempt } from './attempt.ts'
import { backoffMs } from './backoff.ts'

/** The job states, as the runner is given them; all within a transaction. */
export interface OutcomePorts<Job> {
  /** Attempts that count against the job, as of now. */
  failedAttempts(job: Job): number
  complete(job: Job, outcome: JobOutcome, reason: string | null, now: number): void
  delay(job: Job, attempt: FailedAttempt, runAt: number): void
  fail(job: Job, attempt: FailedAttempt, now: number): void
  postpone(job: Job, now: number): void
  /** Gives how many events the jobs had that were failed, and wait again now. */
  refund(jobIds: readonly number[], now: number): number
}

export interface RunnerJob extends AttemptJob {
  readonly id: number
  readonly eventId: string
  readonly eventCount: number
  readonly failedAttempts: number
}

export interface RunnerParts<Job extends RunnerJob> extends Omit<AttemptParts, 'plan' | 'onPlanned'> {
  readonly plan: (job: Job) => ReturnType<AttemptParts['plan']>
  readonly jobs: OutcomePorts<Job>
  readonly retryAttempts: number
  readonly clock: Clock
  readonly random: () => number
  readonly log: Log
  /** Tells a trouble of all from the job's own: see `Flow.attemptEnded`. */
  readonly attemptEnded: (entity: string, jobId: number, failure: Failure | null) => readonly number[] | null
  /** Before the next attempt at what this is about: see `Flow.leastDelayMs`. */
  readonly leastDelayMs: (entity: string) => number
  readonly onDelayed: () => void
  /** `refundedEvents`: of failed jobs whose last attempt cost nothing after all. */
  readonly onPostponed: (refundedEvents: number) => void
  /**
   * What keeps outcomes from being stored, or the files of jobs that are tried again from being written; null: nothing any
   * more. What stops everybody is told by the flow, and a job that failed by itself.
   */
  readonly onTrouble: (message: string | null) => void
  readonly onProcessed: (events: number, durationMs: number) => void
  readonly onFailed: (events: number, durationMs: number) => void
}

/** While the disk refuses to store an outcome, it is tried again after this time. */
const STORE_AGAIN_MS = 1_000

type StoredEnd =
  | Exclude<AttemptEnd, { kind: 'interrupted' }>
  | {
      readonly kind: 'postponed'
      readonly failure: Failure
      readonly sharedBy: readonly number[]
      readonly finish: () => void
    }

interface Stored {
  /** Nothing follows by itself. */
  readonly isFinal: boolean
  /** Events of other jobs that are no longer failed. */
  readonly refundedEvents: number
}

/** Runs one job and stores what came of it: completed, delayed until the next attempt, or failed. */
export const createJobRunner = <Job extends RunnerJob>(parts: RunnerParts<Job>) => {
  const { jobs, commits, clock, log, retryAttempts } = parts
  /** What the disk said to jobs that wait for their next attempt, by what they are about. */
  const refusals = new Map<string, string>()
  let unstored: string | null = null

  const tellTrouble = (): void => {
    parts.onTrouble(unstored ?? [...refusals.values()].at(-1) ?? null)
  }

  const storeEnd = (job: Job, end: StoredEnd, startedAt: number, durationMs: number): Stored => {
    end.finish()
    if (end.kind === 'done') {
      jobs.complete(job, end.outcome, end.reason, clock.now())
      return { isFinal: true, refundedEvents: 0 }
    }
    if (end.kind === 'postponed') {
      jobs.postpone(job, clock.now())
      return { isFinal: false, refundedEvents: jobs.refund(end.sharedBy, clock.now()) }
    }
    // Not what it was claimed with: an outage may have given one back meanwhile.
    const failedAttempts = jobs.failedAttempts(job)
    const isFinal = end.failure.kind === 'permanent' || failedAttempts >= retryAttempts
    const attempt = { startedAt, durationMs, failure: end.failure }
    if (isFinal) jobs.fail(job, attempt, clock.now())
    else {
      const delayMs = Math.max(backoffMs(failedAttempts + 1, parts.random()), parts.leastDelayMs(entityKey(job.entity)))
      jobs.delay(job, attempt, clock.now() + delayMs)
    }
    return { isFinal, refundedEvents: 0 }
  }

  /** An attempt that ran into a trouble of all costs its job nothing. */
  const judged = (job: Job, end: Exclude<AttemptEnd, { kind: 'interrupted' }>): StoredEnd => {
    const failure = end.kind === 'failed' ? end.failure : null
    const sharedBy = parts.attemptEnded(entityKey(job.entity), job.id, failure)
    return sharedBy === null || failure === null ? end : { kind: 'postponed', failure, sharedBy, finish: end.finish }
  }

  /** Not waited for: an outcome that a power cut took is found out again by the attempt that follows. */
  const untilStored = async <T>(store: () => T): Promise<T> => {
    for (;;) {
      try {
        const stored = await commits.runQuick(store)
        unstored = null
        return stored
      } catch (error) {
        if (parts.isEnding()) throw error
        unstored = `Outcomes cannot be stored: ${errorText(error)}. Check the space on the disk of the data folder.`
        tellTrouble()
        log.error({ error: errorText(error) }, 'The outcome of an attempt cannot be stored; trying again')
        await clock.sleep(STORE_AGAIN_MS)
      }
    }
  }

  const tell = (job: Job, end: StoredEnd, durationMs: number, stored: Stored): void => {
    const fields = {
      job: job.id,
      entity: entityKey(job.entity),
      event: job.eventId,
      attempt: job.failedAttempts + 1,
      durationMs: Math.round(durationMs),
    }
    refusals.delete(fields.entity)
    if (end.kind === 'done') {
      parts.onProcessed(job.eventCount, durationMs)
      log.info({ ...fields, outcome: end.outcome, reason: end.reason }, 'Job completed')
    } else if (end.kind === 'postponed') {
      parts.onPostponed(stored.refundedEvents)
      log.info({ ...fields, code: end.failure.code }, `Attempt postponed: ${end.failure.message}`)
    } else {
      if (!stored.isFinal && end.failure.code.startsWith('E')) refusals.set(fields.entity, end.failure.message)
      if (stored.isFinal) parts.onFailed(job.eventCount, durationMs)
      else parts.onDelayed()
      log.warn({ ...fields, code: end.failure.code, isFinal: stored.isFinal }, `Attempt failed: ${end.failure.message}`)
    }
    tellTrouble()
  }

  return async (job: Job, onPlanned: () => void): Promise<void> => {
    const startedAt = clock.now()
    const from = clock.monotonicMs()
    const attempt = await runAttempt({ ...parts, plan: () => parts.plan(job), onPlanned }, job)
    if (attempt.kind === 'interrupted') return
    const end = judged(job, attempt)
    const durationMs = clock.monotonicMs() - from
    const stored = await untilStored(() => storeEnd(job, end, startedAt, durationMs))
    tell(job, end, durationMs, stored)
  }
}
