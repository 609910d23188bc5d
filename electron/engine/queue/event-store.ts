import type { JobOrigin } from '../../../shared/jobs.ts'
import type { NotionId } from '../../../shared/ids.ts'
import type { Database } from '../foundation/database.ts'
import { type Entity, entityKey } from '../../../shared/entities.ts'

/** An authentic event, as it is kept. `entity` is null where nothing follows from it. */
export interface StoredEvent {
  readonly id: string
  readonly type: string | null
  readonly entity: Entity | null
  readonly sourceId: string | null
  readonly receivedAt: number
  /** Null where it must not be kept. */
  readonly body: string | null
}

/** How long the quiet time after an event of an entity is, and how long all quiet times of one burst may be. */
export interface QuietTime {
  readonly quietMs: number
  readonly longestMs: number
}

/** Taking events in; everything within a transaction of the caller. */
export interface EventStore {
  isKnown(eventId: string): boolean
  /** True while a job of the entity is open or active. */
  hasJob(entity: Entity): boolean
  /** When the newest event that is remembered came (ms since 1970). */
  lastReceivedAt(): number | null
  /** When the newest events came, the newest first. */
  recentArrivals(limit: number): readonly number[]
  /** A delivery for which a further job would be needed is turned away. */
  isFull(): boolean
  ignore(event: StoredEvent, reason: string): void
  /**
   * Makes the event part of the waiting job of its entity, or makes one. A burst moves the job's time on, up to the
   * longest; a job that waits for its backoff keeps it. Gives 'full' and stores nothing where a further job has no room.
   */
  enqueue(event: StoredEvent, entity: Entity): 'queued' | 'full'
  /** A job of our own: no delivery, no quiet time, no limit. */
  enqueueInternal(entity: Entity, now: number): void
  /** Jobs of our own for titles that records show, after the quiet time: pages that come meanwhile bring theirs. */
  enqueueTitles(pageIds: readonly NotionId[], now: number): void
  /** Events of a data source that were ignored as unwatched become jobs, quiet time kept; gives how many. */
  readmit(sourceId: string, now: number): number
}

export const UNWATCHED = 'database not watched'

export const createEventStore = (database: Database, queueSize: number, quiet: QuietTime): EventStore => {
  let nextSeq = (database.sql('SELECT max(seq) AS seq FROM event').get<{ seq: number | null }>()?.seq ?? 0) + 1

  /** Taken before the event is stored, so that its job can be made first. A rolled back commit leaves a gap, no more. */
  const takeSeq = (): number => {
    nextSeq += 1
    return nextSeq - 1
  }

  const insertEvent = (event: StoredEvent, seq: number, reason: string | null, jobId: number | null): void => {
    database
      .sql(
        `INSERT INTO event (seq, id, type, entity, source_id, received_at, status, reason, job_id, body)
         VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)`,
      )
      .run(
        seq,
        event.id,
        event.type,
        event.entity === null ? null : entityKey(event.entity),
        event.sourceId,
        event.receivedAt,
        jobId === null ? 'ignored' : 'queued',
        reason,
        jobId,
        event.body,
      )
  }

  const openJobs = (): number =>
    database
      .sql(
        `SELECT coalesce(sum(count), 0) AS n FROM job_count
         WHERE origin = 'delivery' AND state IN ('waiting', 'delayed', 'active')`,
      )
      .get<{ n: number }>()?.n ?? 0

  /** What `openJobs` said in this turn, and what was opened since; null before the first. */
  let openNow: number | null = null

  /** Counted once for all events of a commit, and again where that is not sure to leave room. */
  const isFull = (): boolean => {
    if (openNow === null) {
      queueMicrotask(() => {
        openNow = null
      })
    }
    if (openNow === null || openNow >= queueSize) openNow = openJobs()
    return openNow >= queueSize
  }

  const hasOpenJob = (key: string): boolean =>
    database.sql(`SELECT 1 FROM job WHERE entity = ? AND state IN ('waiting', 'delayed')`).get(key) !== undefined

  /**
   * Coalesces: see `enqueue`. min(…, created_at + longest) bounds a burst; max(…, run_at) keeps a backoff, and a
   * quiet time that somebody else asked for (not one from before the clock was set back: that is cut to the longest).
   * A job of our own has no event: its seq is 0.
   */
  const upsertJob = (key: string, origin: JobOrigin, now: number, quietMs: number, seq: number, id: string): number => {
    const row = database
      .sql(
        `INSERT INTO job (entity, origin, state, run_at, created_at, event_seq, event_id, event_count, attempts, failed_attempts)
         VALUES (?1, ?2, 'waiting', ?3 + ?4, ?3, ?5, ?6, ?5 > 0, 0, 0)
         ON CONFLICT (entity) WHERE state IN ('waiting', 'delayed') DO UPDATE SET
           run_at = max(
             CASE state WHEN 'delayed' THEN run_at ELSE min(run_at, ?3 + ?7) END,
             min(?3 + ?4, created_at + ?7)
           ),
           event_id = CASE WHEN ?5 > event_seq THEN ?6 ELSE event_id END,
           event_seq = max(event_seq, ?5),
           event_count = event_count + (?5 > 0)
         RETURNING id`,
      )
      .get<{ id: number }>(key, origin, now, quietMs, seq, id, quiet.longestMs)
    if (row === undefined) throw new Error(`No job was stored for ${key}`)
    return row.id
  }

  return {
    isKnown: (eventId) => database.sql('SELECT 1 FROM event WHERE id = ?').get(eventId) !== undefined,
    hasJob: (entity) =>
      database
        .sql(`SELECT 1 FROM job WHERE entity = ? AND state IN ('waiting', 'delayed', 'active')`)
        .get(entityKey(entity)) !== undefined,
    lastReceivedAt: () =>
      database.sql('SELECT max(received_at) AS at FROM event').get<{ at: number | null }>()?.at ?? null,
    recentArrivals: (limit) =>
      database
        .sql('SELECT received_at AS at FROM event ORDER BY received_at DESC LIMIT ?')
        .all<{ at: number }>(limit)
        .map(({ at }) => at),
    isFull,
    ignore: (event, reason) => {
      insertEvent(event, takeSeq(), reason, null)
    },
    enqueue: (event, entity) => {
      const key = entityKey(entity)
      if (isFull() && !hasOpenJob(key)) return 'full'
      const seq = takeSeq()
      const jobId = upsertJob(key, 'delivery', event.receivedAt, quiet.quietMs, seq, event.id)
      insertEvent(event, seq, null, jobId)
      if (openNow !== null) openNow += 1
      return 'queued'
    },
    enqueueInternal: (entity, now) => {
      upsertJob(entityKey(entity), 'internal', now, 0, 0, 'internal')
    },
    enqueueTitles: (pageIds, now) => {
      for (const id of pageIds)
        upsertJob(entityKey({ kind: 'title', id }), 'internal', now, quiet.quietMs, 0, 'internal')
    },
    readmit: (sourceId, now) => {
      const events = database
        .sql(
          `SELECT seq, id, entity, received_at FROM event
           WHERE source_id = ? AND status = 'ignored' AND reason = ? AND entity LIKE 'page:%'`,
        )
        .all<{ seq: number; id: string; entity: string; received_at: number }>(sourceId, UNWATCHED)
      for (const { seq, id, entity, received_at: receivedAt } of events) {
        const quietLeftMs = Math.max(0, receivedAt + quiet.quietMs - now)
        const jobId = upsertJob(entity, 'internal', now, quietLeftMs, seq, id)
        database.sql(`UPDATE event SET status = 'queued', reason = NULL, job_id = ? WHERE seq = ?`).run(jobId, seq)
      }
      return events.length
    },
  }
}
