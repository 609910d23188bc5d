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
  complete(job: Job, outcome: JobOutcome, reason: string | null, now: number): void
  delay(job: Job, attempt: FailedAttempt, runAt: number): void
  fail(job: Job, attempt: FailedAttempt, now: number): void
  postpone(job: Job, now: number): void
  refund(jobIds: readonly number[], now: number): void
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
  readonly onDelayed: () => void
  readonly onPostponed: () => void
  /** What keeps outcomes from being stored, or files from being written; null: nothing any more. */
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

/** Runs one job and stores what came of it: completed, delayed until the next attempt, or failed. */
export const createJobRunner = <Job extends RunnerJob>(parts: RunnerParts<Job>) => {
  const { jobs, commits, clock, log, retryAttempts } = parts

  const storeEnd = (job: Job, end: StoredEnd, startedAt: number, durationMs: number): void => {
    end.finish()
    if (end.kind === 'done') {
      jobs.complete(job, end.outcome, end.reason, clock.now())
    } else if (end.kind === 'postponed') {
      jobs.postpone(job, clock.now())
      jobs.refund(end.sharedBy, clock.now())
    } else {
      const attempt = { startedAt, durationMs, failure: end.failure }
      if (isFinal(job, end.failure)) jobs.fail(job, attempt, clock.now())
      else jobs.delay(job, attempt, clock.now() + backoffMs(job.failedAttempts + 1, parts.random()))
    }
  }

  /** An attempt that ran into a trouble of all costs its job nothing. */
  const judged = (job: Job, end: Exclude<AttemptEnd, { kind: 'interrupted' }>): StoredEnd => {
    const failure = end.kind === 'failed' ? end.failure : null
    const sharedBy = parts.attemptEnded(entityKey(job.entity), job.id, failure)
    return sharedBy === null || failure === null ? end : { kind: 'postponed', failure, sharedBy, finish: end.finish }
  }

  const isFinal = (job: Job, failure: Failure): boolean =>
    failure.kind === 'permanent' || job.failedAttempts >= retryAttempts

  /** Not waited for: an outcome that a power cut took is found out again by the attempt that follows. */
  const untilStored = async (store: () => void): Promise<void> => {
    for (;;) {
      try {
        await commits.runQuick(store)
        return
      } catch (error) {
        if (parts.isEnding()) throw error
        parts.onTrouble(
          `Outcomes cannot be stored: ${errorText(error)}. Check the space on the disk of the data folder.`,
        )
        log.error({ error: errorText(error) }, 'The outcome of an attempt cannot be stored; trying again')
        await clock.sleep(STORE_AGAIN_MS)
      }
    }
  }

  const tell = (job: Job, end: StoredEnd, durationMs: number): void => {
    const fields = {
      job: job.id,
      entity: entityKey(job.entity),
      event: job.eventId,
      attempt: job.failedAttempts + 1,
      durationMs: Math.round(durationMs),
    }
    if (end.kind === 'done') {
      parts.onTrouble(null)
      parts.onProcessed(job.eventCount, durationMs)
      log.info({ ...fields, outcome: end.outcome, reason: end.reason }, 'Job completed')
    } else if (end.kind === 'postponed') {
      parts.onPostponed()
      log.info({ ...fields, code: end.failure.code }, `Attempt postponed: ${end.failure.message}`)
    } else {
      if (end.failure.code.startsWith('E')) parts.onTrouble(end.failure.message)
      if (isFinal(job, end.failure)) parts.onFailed(job.eventCount, durationMs)
      else parts.onDelayed()
      log.warn(
        { ...fields, code: end.failure.code, isFinal: isFinal(job, end.failure) },
        `Attempt failed: ${end.failure.message}`,
      )
    }
  }

  return async (job: Job, onPlanned: () => void): Promise<void> => {
    const startedAt = clock.now()
    const from = clock.monotonicMs()
    const attempt = await runAttempt({ ...parts, plan: () => parts.plan(job), onPlanned }, job)
    if (attempt.kind === 'interrupted') return
    const end = judged(job, attempt)
    const durationMs = clock.monotonicMs() - from
    await untilStored(() => {
      storeEnd(job, end, startedAt, durationMs)
    })
    tell(job, end, durationMs)
  }
}
