import { describe, expect, test } from 'vitest'
import { createEventStore } from '../../../electron/engine/queue/event-store.ts'
import { createJobStore, DATE_ANEW } from '../../../electron/engine/queue/job-store.ts'
import type { Failure } from '../../../shared/failures.ts'
import { claimOne, failedAt, page, pageEvent } from '../../support/job-making.ts'
import { createQueueFile } from '../../support/queue-file.ts'

const T = Date.UTC(2026, 10, 23, 12)

const createQueue = () => {
  const { database, reopen } = createQueueFile()
  const store = createEventStore(database, 100, { quietMs: 0, longestMs: 30_000 })
  let count = 0
  const arrive = (number: number, afterMs = 0): void => {
    count += 1
    store.enqueue(pageEvent(`e${count}`, number, T + afterMs), page(number))
  }
  const rows = (text: string) => database.sql(text).all<Record<string, unknown>>()
  return { database, reopen, jobs: createJobStore(database), arrive, rows }
}

describe('claiming', () => {
  test('takes what is due, the oldest first, and no more than asked for', () => {
    const { jobs, arrive } = createQueue()
    for (const [number, after] of [
      [1, 30],
      [2, 10],
      [3, 20],
      [4, 99],
    ] as const)
      arrive(number, after)
    expect(jobs.claim(T + 30, 2).map((job) => job.entity)).toStrictEqual([page(2), page(3)])
    expect(jobs.claim(T + 30, 0)).toStrictEqual([])
    expect(jobs.claim(T + 30, 9).map((job) => job.entity)).toStrictEqual([page(1)])
    expect(jobs.claim(T + 98, 9)).toStrictEqual([])
    expect(jobs.nextDueAt()).toBe(T + 99)
  })

  test('leaves out a page that is being worked on, and does not wait for it in vain', () => {
    const { jobs, arrive } = createQueue()
    arrive(1)
    const active = claimOne(jobs, T)
    arrive(1, 1)
    arrive(2, 50)
    expect(jobs.nextDueAt()).toBe(T + 50)
    expect(claimOne(jobs, T + 100).entity).toStrictEqual(page(2))
    expect(jobs.nextDueAt()).toBeNull()
    jobs.complete(active, 'written', null, T + 100)
    expect(jobs.nextDueAt()).toBe(T + 1)
    expect(claimOne(jobs, T + 100).eventId).toBe('e2')
  })
})

describe('an attempt that failed', () => {
  test('is kept with its number, time, duration, code and words; the job is due after the backoff', () => {
    const { jobs, arrive, rows } = createQueue()
    arrive(1)
    jobs.delay(claimOne(jobs, T), failedAt(T), T + 2_000)
    expect(jobs.claim(T + 1_999, 9)).toStrictEqual([])
    const again = claimOne(jobs, T + 2_000)
    expect(again.failedAttempts).toBe(1)
    const gone: Failure = { kind: 'permanent', code: 'unauthorized', message: 'The token is not valid.' }
    jobs.fail(again, failedAt(T + 2_000, gone), T + 2_100)
    expect(rows('SELECT * FROM attempt ORDER BY number')).toEqual([
      {
        job_id: again.id,
        number: 1,
        started_at: T,
        duration_ms: 12,
        kind: 'transient',
        code: 'service_unavailable',
        message: 'Notion has a fault.',
      },
      { job_id: again.id, number: 2, started_at: T + 2_000, duration_ms: 12, ...gone },
    ])
    expect(rows('SELECT state, reason, attempts, failed_attempts, ended_at FROM job')).toEqual([
      { state: 'failed', reason: 'unauthorized', attempts: 2, failed_attempts: 2, ended_at: T + 2_100 },
    ])
    expect(jobs.nextDueAt()).toBeNull()
  })

  test('takes in the newer job of its page, so that there stays one: the later of both times counts', () => {
    const { jobs, arrive, rows } = createQueue()
    arrive(1)
    const active = claimOne(jobs, T)
    arrive(1, 10_000)
    jobs.delay(active, failedAt(T), T + 2_000)
    expect(jobs.counts()).toMatchObject({ waiting: 0, delayed: 1, active: 0 })
    expect(jobs.nextDueAt()).toBe(T + 10_000)
    expect(claimOne(jobs, T + 10_000)).toMatchObject({ id: active.id, eventId: 'e2', eventCount: 2, failedAttempts: 1 })
    expect(rows('SELECT DISTINCT job_id FROM event')).toEqual([{ job_id: active.id }])
  })

  test('and was the last leaves the newer job of its page alone', () => {
    const { jobs, arrive } = createQueue()
    arrive(1)
    const active = claimOne(jobs, T)
    arrive(1, 10)
    jobs.fail(active, failedAt(T), T + 20)
    expect(jobs.counts()).toMatchObject({ waiting: 1, failed: 1 })
    expect(claimOne(jobs, T + 20)).toMatchObject({ eventId: 'e2', failedAttempts: 0 })
  })
})

describe('an attempt that cost nothing', () => {
  test('leaves the job as if it had not been claimed, joined with what came meanwhile', () => {
    const { jobs, arrive, rows } = createQueue()
    arrive(1)
    const active = claimOne(jobs, T)
    arrive(1, 10)
    jobs.postpone(active, T + 20)
    expect(jobs.counts()).toMatchObject({ waiting: 1, delayed: 0, active: 0 })
    expect(rows('SELECT * FROM attempt')).toEqual([])
    expect(claimOne(jobs, T + 20)).toMatchObject({ id: active.id, eventId: 'e2', eventCount: 2, failedAttempts: 0 })
  })

  test('after all is taken back: the last one, each time that the job is named; a failed job waits again', () => {
    const { jobs, arrive, rows } = createQueue()
    arrive(1)
    for (const after of [0, 100, 200]) jobs.delay(claimOne(jobs, T + after), failedAt(T + after), T + after + 100)
    jobs.refund([1, 1], T + 250)
    expect(rows('SELECT number FROM attempt')).toEqual([{ number: 1 }])
    expect(jobs.counts()).toMatchObject({ delayed: 1 })
    jobs.fail(claimOne(jobs, T + 300), failedAt(T + 300), T + 310)
    jobs.refund([1], T + 400)
    expect(claimOne(jobs, T + 400)).toMatchObject({ id: 1, failedAttempts: 1 })
    expect(rows('SELECT state, reason, ended_at FROM job')).toEqual([{ state: 'active', reason: null, ended_at: null }])
  })

  test('is taken back from a job that waits or is being worked on by then: it goes on with fewer failures', () => {
    const { jobs, arrive, rows } = createQueue()
    arrive(1)
    jobs.delay(claimOne(jobs, T), failedAt(T), T + 10)
    jobs.fail(claimOne(jobs, T + 10), failedAt(T + 10), T + 10)
    // The same job twice: once it waits, the second is still to be taken back.
    expect(jobs.refund([1, 1], T + 20)).toBe(1)
    expect(rows('SELECT * FROM attempt')).toEqual([])
    const again = claimOne(jobs, T + 20)
    expect(again).toMatchObject({ failedAttempts: 0 })
    jobs.delay(again, failedAt(T + 20), T + 30)
    const active = claimOne(jobs, T + 30)
    expect(jobs.refund([1], T + 40)).toBe(0)
    expect(rows('SELECT state, failed_attempts FROM job')).toEqual([{ state: 'active', failed_attempts: 0 }])
    jobs.complete(active, 'written', null, T + 50)
    expect(jobs.counts()).toMatchObject({ completed: 1, waiting: 0 })
  })

  test('gives back how many events are no longer failed: those of jobs that were, with none that came later', () => {
    const { jobs, arrive } = createQueue()
    for (const number of [1, 1, 1, 2, 3, 3]) arrive(number)
    const [one, two, three] = jobs.claim(T, 9)
    jobs.fail(one!, failedAt(T), T)
    jobs.delay(two!, failedAt(T), T + 100)
    jobs.fail(three!, failedAt(T), T)
    arrive(1, 5)
    expect(jobs.refund([one!.id, two!.id, 99], T + 10)).toBe(3)
    expect(jobs.refund([one!.id, two!.id], T + 10)).toBe(0)
    expect(jobs.refund([], T + 10)).toBe(0)
    expect(jobs.counts()).toMatchObject({ failed: 1, waiting: 1, delayed: 1 })
    expect(jobs.claim(T + 10, 9)).toMatchObject([{ id: one!.id, eventCount: 4, failedAttempts: 0 }])
  })

  test('is not taken back from a job that was completed, discarded, sent round again or is gone meanwhile', () => {
    const { jobs, arrive, rows, database } = createQueue()
    for (const number of [1, 2, 3]) arrive(number)
    for (const job of jobs.claim(T, 9)) jobs.fail(job, failedAt(T), T)
    database.sql(`UPDATE job SET state = 'completed' WHERE id = 1`).run()
    database.sql(`UPDATE job SET state = 'discarded' WHERE id = 2`).run()
    jobs.retry(3, T)
    const before = rows('SELECT * FROM job')
    expect(jobs.refund([1, 2, 3, 3, 99], T + 10)).toBe(0)
    expect(rows('SELECT * FROM job')).toEqual(before)
    expect(rows('SELECT * FROM attempt')).toHaveLength(3)
  })
})

describe('a success', () => {
  test('completes the job with its outcome and reason', () => {
    const { jobs, arrive, rows } = createQueue()
    arrive(1)
    jobs.complete(claimOne(jobs, T), 'removed', 'in the trash', T + 5)
    expect(rows('SELECT state, outcome, reason, ended_at FROM job')).toEqual([
      { state: 'completed', outcome: 'removed', reason: 'in the trash', ended_at: T + 5 },
    ])
  })

  test('completes every failed job of the same page as superseded, and no other; their attempts are kept', () => {
    const { jobs, arrive, rows } = createQueue()
    for (const number of [1, 1, 2, 1]) {
      arrive(number, 1)
      if (rows('SELECT 1 FROM event').length < 4) jobs.fail(claimOne(jobs, T + 1), failedAt(T), T + 2)
    }
    expect(jobs.counts()).toMatchObject({ failed: 3, waiting: 1 })
    jobs.complete(claimOne(jobs, T + 9), 'written', null, T + 10)
    expect(jobs.counts()).toMatchObject({ failed: 1, completed: 3 })
    expect(rows('SELECT entity, state, outcome, ended_at FROM job ORDER BY id')).toMatchObject([
      { state: 'completed', outcome: 'superseded', ended_at: T + 10 },
      { state: 'completed', outcome: 'superseded', ended_at: T + 10 },
      { state: 'failed', outcome: null },
      { state: 'completed', outcome: 'written' },
    ])
    expect(rows('SELECT * FROM attempt')).toHaveLength(3)
  })
})

describe('a restart', () => {
  test('makes what a crash left active waiting again, due at once, joined with what came meanwhile', () => {
    const { jobs, arrive, reopen } = createQueue()
    arrive(1)
    arrive(2)
    jobs.delay(jobs.claim(T, 9)[1]!, failedAt(T), T + 2_000)
    const [first] = jobs.claim(T + 2_000, 9)
    arrive(1, 3_000)
    const database = reopen()
    const later = createJobStore(database)
    expect(later.recover(T + 9_000)).toBe(2)
    expect(later.recover(T + 9_000)).toBe(0)
    expect(later.counts()).toMatchObject({ waiting: 2, active: 0, delayed: 0 })
    expect(later.claim(T + 9_000, 9)).toMatchObject([
      { entity: page(1), eventId: 'e3', eventCount: 2, failedAttempts: 0 },
      { id: first?.id, entity: page(2), eventId: 'e2', failedAttempts: 1 },
    ])
  })
})

test('the id of a job that is gone is never given again', () => {
  const { database, jobs, arrive } = createQueue()
  arrive(1)
  const first = claimOne(jobs, T)
  jobs.complete(first, 'written', null, T)
  database.sql('DELETE FROM job').run()
  arrive(2)
  expect(claimOne(jobs, T).id).toBeGreaterThan(first.id)
})

test('two active or two open jobs of one page cannot be stored, whoever tries', () => {
  const { arrive, database } = createQueue()
  arrive(1)
  const copy = (state: string): void => {
    database
      .sql(
        `INSERT INTO job (entity, origin, state, run_at, created_at, event_seq, event_id, event_count, attempts, failed_attempts)
         SELECT entity, origin, ?, run_at, created_at, event_seq, event_id, event_count, attempts, failed_attempts FROM job LIMIT 1`,
      )
      .run(state)
  }
  expect(() => {
    copy('delayed')
  }).toThrow(/UNIQUE/)
  copy('active')
  expect(() => {
    copy('active')
  }).toThrow(/UNIQUE/)
  expect(() => {
    copy('unheard-of')
  }).toThrow(/CHECK/)
})

test('a clock that was set back strands no job: what lies farther ahead than anything can is due now', () => {
  const { database } = createQueueFile()
  const store = createEventStore(database, 10, { quietMs: 300, longestMs: 30_000 })
  const jobs = createJobStore(database, 30_000)
  const wrong = Date.UTC(2027, 0, 1)
  const right = wrong - 3 * 3_600_000
  store.enqueue(pageEvent('dated by the wrong clock', 1, wrong), page(1))
  expect(jobs.claim(right, 1)).toHaveLength(1)
  store.enqueue(pageEvent('in its quiet time', 2, right), page(2))
  expect(jobs.claim(right, 1)).toHaveLength(0)
})

test('no claim looks at every job to find those that a clock dated wrongly', () => {
  const { database } = createQueueFile()
  const steps = database.sql(`EXPLAIN QUERY PLAN ${DATE_ANEW}`).all<{ detail: string }>(0, 0, 0)
  expect(steps.map(({ detail }) => detail)).toEqual([expect.stringContaining('USING INDEX job_due (run_at>?)')])
})

test('why jobs failed can be told: the newest message of each code, with how many jobs it stands for', () => {
  const { database } = createQueueFile()
  const store = createEventStore(database, 10, { quietMs: 0, longestMs: 0 })
  const jobs = createJobStore(database)
  for (const n of [1, 2, 3]) {
    store.enqueue(pageEvent(`event ${n}`, n, T), page(n))
    const [job] = jobs.claim(T, 1)
    const code = n === 3 ? 'unauthorized' : 'restricted_resource'
    jobs.fail(job!, failedAt(T, { kind: 'permanent', code, message: `because ${code}` }), T)
  }
  expect(jobs.failures()).toStrictEqual([
    { message: 'because restricted_resource', jobs: 2 },
    { message: 'because unauthorized', jobs: 1 },
  ])
})
