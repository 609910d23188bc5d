import type { Failure } from './failures.ts'

/**
 * A job's states.
 *
 * waiting: ready to be claimed, or in the quiet time that lets a burst of events coalesce.
 * delayed: an attempt failed, the next one is due after a backoff.
 * active: a worker has claimed it. After a crash, the next start makes it waiting again.
 * completed: done, or superseded by a later success of the same page.
 * failed: out of attempts, or permanent. Final until a person acts, or a later job of the same page succeeds.
 * held: waits for a person's decision. discarded: a person gave it up.
 */
export const JOB_STATES = ['waiting', 'delayed', 'active', 'completed', 'failed', 'held', 'discarded'] as const

export type JobState = (typeof JOB_STATES)[number]

/** Where a job came from; only jobs from deliveries count against `queue_size`. */
export const JOB_ORIGINS = ['delivery', 'internal'] as const

export type JobOrigin = (typeof JOB_ORIGINS)[number]

/** What a completed job did. */
export const JOB_OUTCOMES = [
  'written',
  'unchanged',
  'removed',
  'gone',
  'not-watched',
  'refreshed',
  'superseded',
] as const

export type JobOutcome = (typeof JOB_OUTCOMES)[number]

/** An attempt that did not succeed: when it began (ms since 1970), how long it took, and why. */
export interface FailedAttempt {
  readonly startedAt: number
  readonly durationMs: number
  readonly failure: Failure
}
