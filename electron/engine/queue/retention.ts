import type { Clock, Timer } from '../foundation/clock.ts'
import type { Database } from '../foundation/database.ts'
import { errorText } from '../foundation/errors.ts'
import type { GroupCommit } from '../foundation/group-commit.ts'
import type { Log } from '../foundation/log.ts'

/** Event ids are remembered for this long: Notion repeats a delivery for about a day, a person for longer. */
const REMEMBERED_MS = 30 * 24 * 3_600_000

/** Rows a commit: pruning never holds up a delivery for long. */
const ROWS_AT_ONCE = 500

/** Forgets what ended long ago; within a transaction. True while there is more. Nothing that is not done is touched. */
const pruneQueue = (database: Database, now: number): boolean => {
  const before = now - REMEMBERED_MS
  const events = database
    .sql(
      `DELETE FROM event WHERE seq IN (
         SELECT e.seq FROM event e LEFT JOIN job j ON j.id = e.job_id
         WHERE e.received_at < ? AND (j.id IS NULL OR j.state IN ('completed', 'discarded')) LIMIT ?)`,
    )
    .run(before, ROWS_AT_ONCE)
  const jobs = database
    .sql(
      `DELETE FROM job WHERE id IN (SELECT id FROM job WHERE state IN ('completed', 'discarded') AND ended_at < ? LIMIT ?)`,
    )
    .run(before, ROWS_AT_ONCE)
  return events.changes === ROWS_AT_ONCE || jobs.changes === ROWS_AT_ONCE
}

const PRUNED_EVERY_MS = 3_600_000

/** Forgets and tidies up, now and every hour. */
export interface Pruning {
  start(): void
  stop(): void
}

export const createPruning = (database: Database, commits: GroupCommit, clock: Clock, log: Log): Pruning => {
  let timer: Timer | null = null
  let isStopped = false

  const prune = async (): Promise<void> => {
    try {
      let isMore = true
      while (isMore && !isStopped) isMore = await commits.runQuick(() => pruneQueue(database, clock.now()))
      if (!isStopped) database.tidy()
    } catch (error) {
      log.warn({ error: errorText(error) }, 'Old events could not be forgotten; the next hour tries again')
    }
    if (!isStopped) timer = clock.after(PRUNED_EVERY_MS, () => void prune())
  }

  return {
    start: () => {
      void prune()
    },
    stop: () => {
      isStopped = true
      timer?.cancel()
    },
  }
}
