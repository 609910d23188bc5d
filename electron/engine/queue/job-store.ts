import { parseEntityKey, type Entity } from '../../../shared/entities.ts'
import { type FailedAttempt, JOB_STATES, type JobOutcome, type JobState } from '../../../shared/jobs.ts'
import type { Database } from '../foundation/database.ts'

export interface ClaimedJob {
  readonly id: number
  readonly entity: Entity
  /** The newest event of the job, and how many it is made of. */
  readonly eventSeq: number
  readonly eventId: string
  readonly eventCount: number
  /** Attempts that failed since the job was made, or since a person sent it round again. */
  readonly failedAttempts: number
}

/**
 * The states of jobs; the only writer of them. Everything but the reads within a transaction of the caller.
 *
 * waiting | delayed --claim--> active --complete--> completed
 *                                     --delay-----> delayed (a newer waiting job of the entity is absorbed)
 *                                     --fail------> failed --(a later job of the entity completes)--> completed
 *                                     --postpone--> waiting
 * delayed | failed --refund--> delayed | waiting
 */
export interface JobStore {
  /** Makes up to `limit` due jobs active, oldest first; none of an entity that is being worked on. */
  claim(now: number, limit: number): readonly ClaimedJob[]
  /** When the next job can be claimed (ms since 1970); null where none is. */
  nextDueAt(): number | null
  /** Attempts that count against the job now: what it was claimed with may have been given back since. */
  failedAttempts(job: ClaimedJob): number
  complete(job: ClaimedJob, outcome: JobOutcome, reason: string | null, now: number): void
  /** The next attempt is due at `runAt`. */
  delay(job: ClaimedJob, attempt: FailedAttempt, runAt: number): void
  fail(job: ClaimedJob, attempt: FailedAttempt, now: number): void
  /** The attempt cost nothing: the job waits as if it had not been claimed. */
  postpone(job: ClaimedJob, now: number): void
  /**
   * The last attempt of these jobs cost nothing after all; one that it was the end of waits again.
   * Gives how many events those had that were failed.
   */
  refund(jobIds: readonly number[], now: number): number
  /** Sends a failed or discarded job round again, its attempts counted from none. */
  retry(jobId: number, now: number): void
  /** What a crash left active becomes waiting; gives how many. */
  recover(now: number): number
  counts(): Readonly<Record<JobState, number>>
  /** How many are waiting, delayed or active. */
  open(): number
  /** Why failed jobs failed: the newest message of each code, and how many jobs it stands for; most first. */
  failures(): readonly { readonly message: string; readonly jobs: number }[]
  /** How many failed jobs each code of failure stands for; most first. */
  failureCodes(): readonly { readonly code: string; readonly jobs: number }[]
}

interface JobRow {
  readonly id: number
  readonly entity: string
  readonly event_seq: number
  readonly event_id: string
  readonly event_count: number
  readonly failed_attempts: number
  readonly run_at: number
}

const OPEN = `state IN ('waiting', 'delayed')`
const NOT_BEING_WORKED_ON = `NOT EXISTS (SELECT 1 FROM job other WHERE other.entity = job.entity AND other.state = 'active')`
const COLUMNS = 'id, entity, event_seq, event_id, event_count, failed_attempts, run_at'

const claimed = (row: JobRow): ClaimedJob => ({
  id: row.id,
  entity: parseEntityKey(row.entity),
  eventSeq: row.event_seq,
  eventId: row.event_id,
  eventCount: row.event_count,
  failedAttempts: row.failed_attempts,
})

/** The longest backoff with its jitter; see the worker's backoff. */
const LONGEST_BACKOFF_MS = 4_500_000

/**
 * What lies farther ahead than anything can was dated by a clock that has been set back since. Asked with each claim: the
 * lesser bound is for the index, which says at once that there is nothing.
 */
export const DATE_ANEW = `UPDATE job SET run_at = ?1, created_at = min(created_at, ?1)
  WHERE ${OPEN} AND run_at > ?1 + min(?2, ?3) AND run_at > ?1 + CASE state WHEN 'delayed' THEN ?2 ELSE ?3 END`

/** The longest quiet time that settings allow. */
const LONGEST_QUIET_MS = 24 * 3_600_000

/** `longestQuietMs`: how long all quiet times of one burst may be. */
export const createJobStore = (database: Database, longestQuietMs = LONGEST_QUIET_MS): JobStore => {
  const row = (id: number): JobRow => {
    const found = database.sql(`SELECT ${COLUMNS} FROM job WHERE id = ?`).get<JobRow>(id)
    if (found === undefined) throw new Error(`No job ${id}`)
    return found
  }

  /** Opens a job again; a newer open job of the entity becomes part of it, so that there stays one. */
  const reopen = (job: JobRow, state: 'waiting' | 'delayed', runAt: number): void => {
    const newer = database.sql(`SELECT ${COLUMNS} FROM job WHERE entity = ? AND ${OPEN}`).get<JobRow>(job.entity)
    if (newer !== undefined) {
      database.sql('UPDATE event SET job_id = ? WHERE job_id = ?').run(job.id, newer.id)
      database.sql('DELETE FROM job WHERE id = ?').run(newer.id)
      const latest = newer.event_seq > job.event_seq ? newer : job
      database
        .sql('UPDATE job SET event_seq = ?, event_id = ?, event_count = event_count + ? WHERE id = ?')
        .run(latest.event_seq, latest.event_id, newer.event_count, job.id)
    }
    database
      .sql('UPDATE job SET state = ?, run_at = ? WHERE id = ?')
      .run(state, Math.max(runAt, newer?.run_at ?? 0), job.id)
  }

  const storeAttempt = (job: ClaimedJob, { startedAt, durationMs, failure }: FailedAttempt): void => {
    database
      .sql(
        `INSERT INTO attempt (job_id, number, started_at, duration_ms, kind, code, message)
         SELECT id, attempts, ?, ?, ?, ?, ? FROM job WHERE id = ?`,
      )
      .run(startedAt, Math.round(durationMs), failure.kind, failure.code, failure.message, job.id)
    database.sql('UPDATE job SET failed_attempts = failed_attempts + 1 WHERE id = ?').run(job.id)
  }

  /** Gives the events of a job that was failed. */
  const giveBack = (jobId: number, now: number): number => {
    const job = database
      .sql(
        `SELECT state, event_count FROM job
         WHERE id = ? AND state IN ('waiting', 'delayed', 'active', 'failed') AND failed_attempts > 0`,
      )
      .get<{ state: JobState; event_count: number }>(jobId)
    if (job === undefined) return 0
    database
      .sql('DELETE FROM attempt WHERE job_id = ?1 AND number = (SELECT max(number) FROM attempt WHERE job_id = ?1)')
      .run(jobId)
    database
      .sql('UPDATE job SET failed_attempts = failed_attempts - 1, reason = NULL, ended_at = NULL WHERE id = ?')
      .run(jobId)
    if (job.state !== 'failed') return 0
    reopen(row(jobId), 'waiting', now)
    return job.event_count
  }

  const claimNext = (now: number): ClaimedJob | null => {
    const due = database
      .sql(
        `SELECT ${COLUMNS} FROM job WHERE ${OPEN} AND run_at <= ? AND ${NOT_BEING_WORKED_ON} ORDER BY run_at LIMIT 1`,
      )
      .get<JobRow>(now)
    if (due === undefined) return null
    database.sql(`UPDATE job SET state = 'active', attempts = attempts + 1 WHERE id = ?`).run(due.id)
    return claimed(due)
  }

  const counts = (): Record<JobState, number> => {
    const found = Object.fromEntries(JOB_STATES.map((state) => [state, 0])) as Record<JobState, number>
    const rows = database
      .sql('SELECT state, sum(count) AS n FROM job_count GROUP BY state')
      .all<{ state: JobState; n: number }>()
    for (const { state, n } of rows) found[state] = n
    return found
  }

  return {
    claim: (now, limit) => {
      database.sql(DATE_ANEW).run(now, LONGEST_BACKOFF_MS, longestQuietMs)
      const jobs: ClaimedJob[] = []
      while (jobs.length < limit) {
        const job = claimNext(now)
        if (job === null) break
        jobs.push(job)
      }
      return jobs
    },
    nextDueAt: () =>
      database
        .sql(`SELECT run_at FROM job WHERE ${OPEN} AND ${NOT_BEING_WORKED_ON} ORDER BY run_at LIMIT 1`)
        .get<{ run_at: number }>()?.run_at ?? null,
    failedAttempts: (job) => row(job.id).failed_attempts,
    complete: (job, outcome, reason, now) => {
      database
        .sql(`UPDATE job SET state = 'completed', outcome = ?, reason = ?, ended_at = ? WHERE id = ?`)
        .run(outcome, reason, now, job.id)
      database
        .sql(
          `UPDATE job SET state = 'completed', outcome = 'superseded', ended_at = ?
           WHERE state = 'failed' AND entity = (SELECT entity FROM job WHERE id = ?)`,
        )
        .run(now, job.id)
    },
    delay: (job, attempt, runAt) => {
      storeAttempt(job, attempt)
      reopen(row(job.id), 'delayed', runAt)
    },
    fail: (job, attempt, now) => {
      storeAttempt(job, attempt)
      database
        .sql(`UPDATE job SET state = 'failed', reason = ?, ended_at = ? WHERE id = ?`)
        .run(attempt.failure.code, now, job.id)
    },
    postpone: (job, now) => {
      reopen(row(job.id), 'waiting', now)
    },
    refund: (jobIds, now) => jobIds.reduce((events, id) => events + giveBack(id, now), 0),
    retry: (jobId, now) => {
      database
        .sql('UPDATE job SET failed_attempts = 0, outcome = NULL, reason = NULL, ended_at = NULL WHERE id = ?')
        .run(jobId)
      reopen(row(jobId), 'waiting', now)
    },
    recover: (now) => {
      const left = database.sql(`SELECT ${COLUMNS} FROM job WHERE state = 'active'`).all<JobRow>()
      for (const job of left) reopen(job, 'waiting', now)
      return left.length
    },
    failures: () =>
      database
        .sql(
          `SELECT a.message, count(*) AS jobs, max(j.ended_at) FROM job j
           JOIN attempt a ON a.job_id = j.id AND a.number = j.attempts
           WHERE j.state = 'failed' GROUP BY a.code ORDER BY jobs DESC LIMIT 5`,
        )
        .all<{ message: string; jobs: number }>()
        .map(({ message, jobs }) => ({ message, jobs })),
    failureCodes: () =>
      database
        .sql(
          `SELECT coalesce(reason, 'unknown') AS code, count(*) AS jobs FROM job
           WHERE state = 'failed' GROUP BY code ORDER BY jobs DESC, code`,
        )
        .all<{ code: string; jobs: number }>()
        .map(({ code, jobs }) => ({ code, jobs })),
    counts,
    open: () => {
      const { waiting, delayed, active } = counts()
      return waiting + delayed + active
    },
  }
}
