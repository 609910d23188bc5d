import fc from 'fast-check'
import { expect, test } from 'vitest'
import type { Database } from '../../../electron/engine/foundation/database.ts'
import { createEventStore, UNWATCHED } from '../../../electron/engine/queue/event-store.ts'
import { type ClaimedJob, createJobStore } from '../../../electron/engine/queue/job-store.ts'
import { entityKey } from '../../../shared/entities.ts'
import { JOB_STATES } from '../../../shared/jobs.ts'
import { failedAt, page, pageEvent } from '../../support/job-making.ts'
import { notionId } from '../../support/notion-ids.ts'
import { createQueueFile } from '../../support/queue-file.ts'
import { createQueueModel, type ModelJob, type QueueModel } from '../../support/queue-model.ts'

const QUEUE_SIZE = 3
const QUIET = { quietMs: 5_000, longestMs: 30_000 }
const SOURCE = notionId(1_000)

const pageNumber = fc.integer({ min: 1, max: 5 })
const which = fc.nat({ max: 9 })

const operation = fc.oneof(
  { weight: 6, arbitrary: fc.record({ kind: fc.constant('accept' as const), page: pageNumber }) },
  { weight: 4, arbitrary: fc.record({ kind: fc.constant('claim' as const), limit: fc.integer({ min: 0, max: 4 }) }) },
  {
    weight: 4,
    arbitrary: fc.record({ kind: fc.constant('advance' as const), ms: fc.integer({ min: 0, max: 12_000 }) }),
  },
  { weight: 3, arbitrary: fc.record({ kind: fc.constant('complete' as const), which }) },
  {
    weight: 3,
    arbitrary: fc.record({ kind: fc.constant('delay' as const), which, ms: fc.integer({ max: 90_000, min: 0 }) }),
  },
  { weight: 2, arbitrary: fc.record({ kind: fc.constant('fail' as const), which }) },
  { weight: 1, arbitrary: fc.record({ kind: fc.constant('internal' as const), page: pageNumber }) },
  { weight: 1, arbitrary: fc.record({ kind: fc.constant('ignore' as const), page: pageNumber }) },
  { weight: 1, arbitrary: fc.record({ kind: fc.constant('readmit' as const) }) },
  { weight: 1, arbitrary: fc.record({ kind: fc.constant('crash' as const) }) },
  { weight: 1, arbitrary: fc.record({ kind: fc.constant('rollback' as const), page: pageNumber }) },
)

type Operation = typeof operation extends fc.Arbitrary<infer Kind> ? Kind : never

/** The stores and the model, side by side. */
const createRun = () => {
  const file = createQueueFile()
  const open = (database: Database) => ({
    database,
    store: createEventStore(database, QUEUE_SIZE, QUIET),
    jobs: createJobStore(database),
  })
  let stores = open(file.database)
  const givenIds = new Set<number>()
  /** An id is never given twice. */
  const newJobId = (number: number): number => {
    const rows = stores.database.sql(`SELECT id FROM job WHERE entity = ? AND state = 'waiting'`)
    const id = rows.get<{ id: number }>(entityKey(page(number)))?.id ?? -1
    expect(givenIds).not.toContain(id)
    givenIds.add(id)
    return id
  }
  const model = createQueueModel(QUEUE_SIZE, QUIET.quietMs, QUIET.longestMs, newJobId)
  let now = Date.UTC(2026, 10, 23, 12)
  let eventCount = 0
  const active = new Map<number, ClaimedJob>()
  /** The newest event of each page, when a job of it was claimed, and of what was claimed when it ended. */
  const lastEvents = new Map<string, string>()
  const claimedAfter = new Map<number, string | undefined>()
  const endedAfter = new Map<string, string>()

  const nextEvent = (number: number) => {
    eventCount += 1
    return { ...pageEvent(`e${eventCount}`, number, now), sourceId: SOURCE }
  }

  const claim = (limit: number): void => {
    const expected = model.claimable(now).slice(0, limit)
    const claimed = stores.jobs.claim(now, limit)
    const due = new Map(model.claimable(now).map((job) => [job.id, job]))
    // Jobs of the same time may be claimed in any order.
    expect(claimed.map(({ id }) => due.get(id)?.runAt)).toStrictEqual(expected.map((job) => job.runAt))
    for (const job of claimed) {
      const twin = due.get(job.id)
      expect(job).toMatchObject({
        entity: page(twin?.page ?? 0),
        eventCount: twin?.events.length,
        failedAttempts: twin?.failedAttempts,
      })
      if (twin?.events.length !== 0) expect(job.eventId).toBe(twin?.events.at(-1))
      model.activate(job.id)
      active.set(job.id, job)
      claimedAfter.set(job.id, lastEvents.get(job.entity.id))
    }
  }

  const ended = (job: ClaimedJob): void => {
    const event = claimedAfter.get(job.id)
    if (event !== undefined) endedAfter.set(job.entity.id, event)
  }

  const endOne = (index: number, end: (job: ClaimedJob) => void): void => {
    const job = [...active.values()].at(index % Math.max(1, active.size))
    if (job === undefined) return
    active.delete(job.id)
    end(job)
  }

  const apply = (step: Operation): void => {
    const { database, store, jobs } = stores
    switch (step.kind) {
      case 'accept': {
        const event = nextEvent(step.page)
        const answer = store.enqueue(event, page(step.page))
        expect(answer).toBe(model.accept(event.id, step.page, now))
        if (answer === 'queued') lastEvents.set(page(step.page).id, event.id)
        return
      }
      case 'claim':
        claim(step.limit)
        return
      case 'advance':
        now += step.ms
        return
      case 'complete':
        endOne(step.which, (job) => {
          jobs.complete(job, 'written', null, now)
          model.complete(job.id)
          ended(job)
        })
        return
      case 'delay':
        endOne(step.which, (job) => {
          jobs.delay(job, failedAt(now), now + step.ms)
          model.delay(job.id, now + step.ms)
        })
        return
      case 'fail':
        endOne(step.which, (job) => {
          jobs.fail(job, failedAt(now), now)
          model.fail(job.id)
          ended(job)
        })
        return
      case 'internal':
        store.enqueueInternal(page(step.page), now)
        model.enqueueInternal(step.page, now)
        return
      case 'ignore': {
        const event = nextEvent(step.page)
        store.ignore(event, UNWATCHED)
        model.ignore(event.id, step.page, now)
        return
      }
      case 'readmit':
        expect(store.readmit(SOURCE, now)).toBe(model.readmit(now))
        return
      case 'crash':
        stores = open(file.reopen())
        active.clear()
        expect(stores.jobs.recover(now)).toBe(model.recover(now))
        return
      case 'rollback':
        // What is rolled back has not happened.
        expect(() =>
          database.transaction(() => {
            store.enqueue(pageEvent('never', step.page, now), page(step.page))
            claim(0)
            throw new Error('the disk refuses')
          }),
        ).toThrow('the disk refuses')
    }
  }

  return { apply, model, stores: () => stores, lastEvents, endedAfter }
}

interface JobRow {
  readonly id: number
  readonly entity: string
  readonly state: ModelJob['state']
  readonly run_at: number
  readonly outcome: string | null
}

const shown = (job: ModelJob) => ({
  id: job.id,
  entity: entityKey(page(job.page)),
  state: job.state,
  run_at: job.runAt,
  outcome: job.outcome,
})

const expectInvariants = (database: Database, model: QueueModel): void => {
  const jobs = createJobStore(database)
  const rows = database.sql('SELECT id, entity, state, run_at, outcome FROM job ORDER BY id').all<JobRow>()
  // The same jobs as in the model.
  expect(rows.map((row) => ({ ...row }))).toStrictEqual(
    model
      .jobs()
      .toSorted((a, b) => a.id - b.id)
      .map(shown),
  )
  // One open and one active job of a page at most.
  for (const states of [['waiting', 'delayed'], ['active']]) {
    const entities = rows.filter((row) => states.includes(row.state)).map((row) => row.entity)
    expect(new Set(entities).size).toBe(entities.length)
  }
  // The counts are what a full scan counts, by state and by origin.
  const scanned = JOB_STATES.map((state) => [state, rows.filter((row) => row.state === state).length])
  expect(jobs.counts()).toStrictEqual(Object.fromEntries(scanned))
  expect(database.sql('SELECT * FROM job_count WHERE count <> 0 ORDER BY state, origin').all()).toEqual(
    database.sql('SELECT state, origin, count(*) AS count FROM job GROUP BY state, origin ORDER BY 1, 2').all(),
  )
  // No event that was accepted is without its job, and none is lost.
  const events = database
    .sql("SELECT id, job_id FROM event WHERE status = 'queued'")
    .all<{ id: string; job_id: number }>()
  const expected = model.jobs().flatMap((job) => job.events.map((id) => ({ id, job_id: job.id })))
  const byId = (a: { id: string }, b: { id: string }): number => a.id.localeCompare(b.id)
  expect(events.map((row) => ({ ...row })).toSorted(byId)).toStrictEqual(expected.toSorted(byId))
  expect(jobs.nextDueAt()).toBe(model.nextDueAt())
}

test('whatever happens in whatever order, the queue keeps its promises, crashes and rollbacks included', () => {
  fc.assert(
    fc.property(fc.array(operation, { minLength: 1, maxLength: 60 }), (steps) => {
      const run = createRun()
      for (const step of steps) {
        run.apply(step)
        expectInvariants(run.stores().database, run.model)
      }
    }),
    { numRuns: 60 },
  )
})

test('in the end every page was worked on, to an end, after its last event', () => {
  fc.assert(
    fc.property(fc.array(operation, { minLength: 1, maxLength: 40 }), (steps) => {
      const run = createRun()
      for (const step of [...steps, { kind: 'crash' as const }]) run.apply(step)
      for (let round = 0; round < 10; round += 1) {
        run.apply({ kind: 'advance', ms: 60_000 })
        run.apply({ kind: 'claim', limit: 9 })
        for (let count = 0; count < 9; count += 1) run.apply({ kind: 'complete', which: 0 })
      }
      expect(run.stores().jobs.counts()).toMatchObject({ waiting: 0, delayed: 0, active: 0 })
      expect(run.endedAfter).toStrictEqual(run.lastEvents)
    }),
    { numRuns: 60 },
  )
})
