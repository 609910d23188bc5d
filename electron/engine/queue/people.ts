import type { JobView, Selection } from '../../../shared/bridge.ts'
import { isEmptySelection } from '../../../shared/bridge.ts'
import { parseEntityKey } from '../../../shared/entities.ts'
import { dashedId, parseNotionId } from '../../../shared/ids.ts'
import { JOB_STATES, type JobOutcome, type JobState } from '../../../shared/jobs.ts'
import { titleKey } from '../cache/watch.ts'
import { isoTime } from '../foundation/clock.ts'
import type { Database } from '../foundation/database.ts'
import type { JobStore } from './job-store.ts'

export type PersonalAction = 'retry' | 'discard' | 'undo'

export interface JobsPiece {
  readonly jobs: readonly JobView[]
  /** Where the next piece begins; null: this is the last. */
  readonly next: number | null
}

/** What a person sees of the queue, and does to it. Changes within a transaction of the caller. */
export interface PeopleAtQueue {
  /**
   * Newest first, in pieces, so that a long list never holds up a delivery; a piece may be empty and not the last.
   * `before`: what the piece before gave as `next`. `states` null: all that are not completed.
   */
  list(states: readonly JobState[] | null, before?: number | null): JobsPiece
  /** `until`: with it the selection means no job that has come to its state after those that were counted. */
  count(action: PersonalAction, selection: Selection): { readonly count: number; readonly until: number }
  /** Each gives how many jobs it changed. */
  retry(selection: Selection, now: number): number
  discard(selection: Selection, now: number): number
  /** What a later job of the same page has done since the discard is completed with it, the rest is failed again. */
  undo(selection: Selection, now: number): number
}

interface Row {
  readonly id: number
  readonly entity: string
  readonly state: JobState
  readonly outcome: JobOutcome | null
  readonly reason: string | null
  readonly ended_at: number | null
  readonly database_id: string | null
  readonly database: string | null
}

interface AttemptRow {
  readonly started_at: number
  readonly duration_ms: number
  readonly code: string
  readonly message: string
}

/** The states that an action applies to. */
const APPLIES_TO: Readonly<Record<PersonalAction, readonly JobState[]>> = {
  retry: ['failed', 'held'],
  discard: ['failed', 'held'],
  undo: ['discarded'],
}

/** A job's database: its page's, or the one that its newest event named. */
export const JOBS_WITH_DATABASES = `
  SELECT j.id, j.entity, j.state, j.outcome, j.reason, j.ended_at, coalesce(held.id, named.id) AS database_id,
    coalesce(held.title, named.title) AS database
  FROM job j
  LEFT JOIN record r ON j.entity LIKE 'page:%' AND r.page_id = substr(j.entity, 6)
  LEFT JOIN database held ON held.id = r.database_id
  LEFT JOIN event e ON e.seq = j.event_seq
  LEFT JOIN data_source s ON s.id = e.source_id
  LEFT JOIN database named ON named.id = coalesce(s.database_id, e.source_id)`

/** What a completed job did, where it does not say more itself. */
const DONE: Readonly<Record<JobOutcome, string>> = {
  written: 'The page file was written.',
  unchanged: 'Nothing had changed.',
  removed: 'The page file was moved to the trash folder.',
  gone: 'Notion does not show it, and nothing of it is stored.',
  'not-watched': 'It is in no watched database.',
  refreshed: 'Its title or its properties were looked up anew.',
  superseded: 'A later job of the same page was completed.',
}

/** A superseded job still has the code of its own failure, which is no longer the last word on its page. */
const reasonOfCompleted = ({ outcome, reason }: Row): string | null => {
  if (outcome === null) return reason
  return outcome === 'superseded' ? DONE.superseded : (reason ?? DONE[outcome])
}

const quoted = (states: readonly JobState[]): string => states.map((state) => `'${state}'`).join(', ')

/** Jobs that are looked at for one piece of the list: a few hundredths of a second. */
const JOBS_AT_ONCE = 1_000

export const createPeopleAtQueue = (database: Database, jobs: JobStore, jobsAtOnce = JOBS_AT_ONCE): PeopleAtQueue => {
  const rows = (states: readonly JobState[]): readonly Row[] =>
    database.sql(`${JOBS_WITH_DATABASES} WHERE j.state IN (${quoted(states)}) ORDER BY j.id DESC`).all<Row>()

  const attemptsOf = (jobId: number): readonly AttemptRow[] =>
    database
      .sql('SELECT started_at, duration_ms, code, message FROM attempt WHERE job_id = ? ORDER BY number')
      .all<AttemptRow>(jobId)

  const isMeant = (row: Row, selection: Selection): boolean => {
    const { ids, cause, database: place, until } = selection
    if (ids !== undefined && !ids.includes(row.id)) return false
    if (until !== undefined && (row.ended_at ?? 0) > until) return false
    if (cause !== undefined && row.reason !== cause) return false
    if (place === undefined) return true
    const isTitled = row.database !== null && titleKey(row.database) === titleKey(place)
    return isTitled || (row.database_id !== null && row.database_id === parseNotionId(place.trim()))
  }

  const meant = (action: PersonalAction, selection: Selection): readonly Row[] =>
    isEmptySelection(selection) ? [] : rows(APPLIES_TO[action]).filter((row) => isMeant(row, selection))

  const viewOf = (row: Row): JobView => {
    const entity = parseEntityKey(row.entity)
    const attempts = attemptsOf(row.id)
    const last = attempts.at(-1)
    return {
      id: row.id,
      state: row.state,
      page_id: entity.kind === 'page' || entity.kind === 'title' ? dashedId(entity.id) : null,
      database: row.database,
      reason: row.state === 'completed' ? reasonOfCompleted(row) : (last?.message ?? null),
      attempts: attempts.map((attempt) => ({
        at: isoTime(attempt.started_at),
        duration_ms: attempt.duration_ms,
        code: attempt.code,
        message: attempt.message,
      })),
    }
  }

  const setState = (row: Row, state: JobState, now: number): void => {
    database.sql('UPDATE job SET state = ?, ended_at = ? WHERE id = ?').run(state, now, row.id)
  }

  /** When a job of each entity was last completed by itself, since this time. */
  const successesSince = (since: number): ReadonlyMap<string, number> =>
    new Map(
      database
        .sql(
          `SELECT entity, max(ended_at) AS at FROM job
           WHERE state = 'completed' AND outcome <> 'superseded' AND ended_at >= ? GROUP BY entity`,
        )
        .all<{ entity: string; at: number }>(since)
        .map(({ entity, at }) => [entity, at]),
    )

  return {
    list: (states, before = null) => {
      const end = before ?? Number.MAX_SAFE_INTEGER
      const looked = database
        .sql(
          `SELECT min(id) AS first, count(*) AS n
           FROM (SELECT id FROM job WHERE id < ? ORDER BY id DESC LIMIT ?)`,
        )
        .get<{ first: number | null; n: number }>(end, jobsAtOnce)
      const first = looked?.first ?? end
      const wanted = quoted(states ?? JOB_STATES.filter((state) => state !== 'completed'))
      const found = database
        .sql(`${JOBS_WITH_DATABASES} WHERE j.id >= ? AND j.id < ? AND j.state IN (${wanted}) ORDER BY j.id DESC`)
        .all<Row>(first, end)
      return { jobs: found.map(viewOf), next: looked?.n === jobsAtOnce ? first : null }
    },
    count: (action, selection) => {
      const selected = meant(action, selection)
      return {
        count: selected.length,
        until: selected.reduce((latest, row) => Math.max(latest, row.ended_at ?? 0), 0),
      }
    },
    retry: (selection, now) => {
      const selected = meant('retry', selection)
      const taken = new Set<string>()
      for (const row of selected) {
        // One job of a page is enough: the newest is sent round, the older ones are done when it is.
        if (taken.has(row.entity)) continue
        taken.add(row.entity)
        jobs.retry(row.id, now)
      }
      return selected.length
    },
    discard: (selection, now) => {
      const selected = meant('discard', selection)
      for (const row of selected) setState(row, 'discarded', now)
      return selected.length
    },
    undo: (selection, now) => {
      const selected = meant('undo', selection)
      const since = selected.reduce((least, row) => Math.min(least, row.ended_at ?? now), now)
      const successes = successesSince(since)
      for (const row of selected) {
        // A success before the discard would have completed it then.
        const isDone = (successes.get(row.entity) ?? Number.NEGATIVE_INFINITY) >= (row.ended_at ?? now)
        setState(row, isDone ? 'completed' : 'failed', now)
        if (isDone) database.sql(`UPDATE job SET outcome = 'superseded' WHERE id = ?`).run(row.id)
      }
      return selected.length
    },
  }
}
