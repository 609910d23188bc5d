import { createJobStore } from '../../electron/engine/queue/job-store.ts'
import { createEventStore } from '../../electron/engine/queue/event-store.ts'
import { createPeopleAtQueue } from '../../electron/engine/queue/people.ts'
import type { Failure } from '../../shared/failures.ts'
import { claimOne, failedAt, page, pageEvent, transient } from './job-making.ts'
import { notionId } from './notion-ids.ts'
import { createQueueFile } from './queue-file.ts'

export const T = Date.UTC(2026, 10, 23, 12)

/** A database that the cache knows, with one data source. */
export interface KnownDatabase {
  readonly id: string
  readonly sourceId: string
  readonly title: string
}

export const TASKS: KnownDatabase = { id: notionId(0xaaa1), sourceId: notionId(0xaaa2), title: 'Tasks' }
export const PEOPLE: KnownDatabase = { id: notionId(0xbbb1), sourceId: notionId(0xbbb2), title: 'People' }

/** A real queue, as people see it, and the little of the cache that they are told of. */
export const createPeopleRun = () => {
  const { database, reopen } = createQueueFile()
  const jobs = createJobStore(database)
  const store = createEventStore(database, 1_000_000, { quietMs: 0, longestMs: 0 })
  let nowMs = T
  let events = 0

  for (const { id, sourceId, title } of [TASKS, PEOPLE]) {
    database.sql('INSERT INTO database (id, title, is_in_trash) VALUES (?, ?, 0)').run(id, title)
    database.sql(`INSERT INTO data_source VALUES (?, ?, ?, 0, '[]')`).run(sourceId, id, title)
  }

  /** An event of a page, a second after what came before. Gives the id of its open job. */
  const arrive = (number: number, sourceId: string | null = null): number => {
    nowMs += 1_000
    events += 1
    store.enqueue({ ...pageEvent(`e${events}`, number, nowMs), sourceId }, page(number))
    return (
      database
        .sql(`SELECT id FROM job WHERE entity = ? AND state IN ('waiting', 'delayed')`)
        .get<{ id: number }>(`page:${notionId(number)}`)?.id ?? 0
    )
  }

  return {
    database,
    reopen,
    jobs,
    people: createPeopleAtQueue(database, jobs),
    now: () => nowMs,
    arrive,
    /** A job of a page whose one attempt failed for good. Gives its id. */
    failed: (number: number, failure: Failure = transient, sourceId: string | null = null): number => {
      arrive(number, sourceId)
      const job = claimOne(jobs, nowMs)
      jobs.fail(job, failedAt(nowMs, failure), nowMs)
      return job.id
    },
    /** The cache holds this page. */
    hold: (number: number, database_: KnownDatabase): void => {
      database
        .sql(
          `INSERT INTO record (page_id, database_id, source_id, title, revision, fingerprint, file_name, is_removed, flat)
           VALUES (?, ?, ?, '', 1, '', '', 0, '{}')`,
        )
        .run(notionId(number), database_.id, database_.sourceId)
    },
    states: (): Readonly<Record<number, string>> =>
      Object.fromEntries(
        database
          .sql('SELECT id, state FROM job')
          .all<{ id: number; state: string }>()
          .map(({ id, state }) => [id, state]),
      ),
  }
}
