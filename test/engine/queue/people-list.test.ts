import { createPeopleAtQueue, JOBS_WITH_DATABASES } from '../../../electron/engine/queue/people.ts'
import { describe, expect, test } from 'vitest'
import { jobViewSchema } from '../../../shared/bridge.ts'
import type { Failure } from '../../../shared/failures.ts'
import { dashedId } from '../../../shared/ids.ts'
import { JOB_OUTCOMES, JOB_STATES } from '../../../shared/jobs.ts'
import { claimOne, failedAt } from '../../support/job-making.ts'
import { notionId } from '../../support/notion-ids.ts'
import { createPeopleRun, PEOPLE, T, TASKS } from '../../support/people-at-queue.ts'

const gone: Failure = { kind: 'permanent', code: 'object_not_found', message: 'Notion does not find it.' }

describe('the list of jobs', () => {
  test('shows what a job is about, its reason in plain words, and every attempt with time, duration and code', () => {
    const { people, jobs, arrive, hold } = createPeopleRun()
    hold(1, TASKS)
    arrive(1)
    jobs.delay(claimOne(jobs, T + 1_000), failedAt(T + 1_000), T + 3_000)
    jobs.fail(claimOne(jobs, T + 3_000), failedAt(T + 3_000, gone), T + 3_500)
    const [job, ...others] = people.list(null).jobs
    expect(others).toEqual([])
    expect(jobViewSchema.parse(job)).toEqual(job)
    expect(job).toEqual({
      id: 1,
      state: 'failed',
      page_id: dashedId(notionId(1)),
      database: 'Tasks',
      reason: 'Notion does not find it.',
      attempts: [
        {
          at: '2026-11-23T12:00:01.000Z',
          duration_ms: 12,
          code: 'service_unavailable',
          message: 'Notion has a fault.',
        },
        { at: '2026-11-23T12:00:03.000Z', duration_ms: 12, code: gone.code, message: gone.message },
      ],
    })
  })

  test('shows all that are not completed, the newest first; or those of the given states', () => {
    const { people, jobs, failed, arrive, now } = createPeopleRun()
    failed(1)
    arrive(2)
    jobs.complete(claimOne(jobs, now()), 'written', null, now())
    arrive(3)
    const shown = (states: Parameters<typeof people.list>[0]) =>
      people.list(states).jobs.map(({ id, state }) => [id, state])
    expect(shown(null)).toEqual([
      [3, 'waiting'],
      [1, 'failed'],
    ])
    expect(shown(['completed', 'failed'])).toEqual([
      [2, 'completed'],
      [1, 'failed'],
    ])
    expect(shown([])).toEqual([])
    expect(shown(JOB_STATES)).toHaveLength(3)
  })

  test('is given in pieces, so that a long one holds nobody up: in order, none twice, those that came meanwhile left out', () => {
    const { database, jobs, failed, arrive, now } = createPeopleRun()
    const people = createPeopleAtQueue(database, jobs, 2)
    for (const number of [1, 2]) failed(number)
    arrive(3)
    jobs.complete(claimOne(jobs, now()), 'written', null, now())
    for (const number of [4, 5, 6]) failed(number)
    const pieces: (readonly number[])[] = []
    let before: number | null = null
    do {
      const piece = people.list(['failed'], before)
      pieces.push(piece.jobs.map(({ id }) => id))
      failed(9)
      before = piece.next
    } while (before !== null)
    expect(pieces).toEqual([[6, 5], [4], [2, 1], []])
  })

  test('ends with its first piece where all jobs fit into it', () => {
    const { people, failed } = createPeopleRun()
    expect(people.list(null)).toEqual({ jobs: [], next: null })
    failed(1)
    expect(people.list(null).next).toBeNull()
  })

  test('gives a job that waits no reason, one that is delayed that of its last attempt', () => {
    const { people, jobs, arrive, now } = createPeopleRun()
    arrive(1)
    expect(people.list(null).jobs).toMatchObject([{ reason: null, attempts: [] }])
    jobs.delay(claimOne(jobs, now()), failedAt(now()), now() + 2_000)
    expect(people.list(['delayed']).jobs).toMatchObject([{ reason: 'Notion has a fault.' }])
  })

  test('says of a completed job what it did, and never a code for a reason', () => {
    const { people, jobs, arrive, failed, now } = createPeopleRun()
    failed(1)
    arrive(1)
    jobs.complete(claimOne(jobs, now()), 'removed', 'in the trash', now())
    arrive(2)
    jobs.complete(claimOne(jobs, now()), 'unchanged', null, now())
    expect(people.list(['completed']).jobs.map(({ reason }) => reason)).toEqual([
      'Nothing had changed.',
      'in the trash',
      'A later job of the same page was completed.',
    ])
  })

  test.each(JOB_OUTCOMES.map((outcome) => [outcome]))('says "%s" in a sentence', (outcome) => {
    const { people, jobs, arrive, now } = createPeopleRun()
    arrive(1)
    jobs.complete(claimOne(jobs, now()), outcome, null, now())
    expect(people.list(['completed']).jobs[0]?.reason).toMatch(/^[A-Z][a-z]* .*\.$/)
  })

  test('names the database of a page that was never fetched by what its event named: a data source or a database', () => {
    const { people, failed } = createPeopleRun()
    failed(1, gone, PEOPLE.sourceId)
    failed(2, gone, TASKS.id)
    failed(3, gone, notionId(0xccc))
    failed(4, gone)
    expect(people.list(null).jobs.map(({ database }) => database)).toEqual([null, null, 'Tasks', 'People'])
  })

  test('names the database that holds a page now, though its event named another', () => {
    const { people, failed, hold } = createPeopleRun()
    hold(1, TASKS)
    failed(1, gone, PEOPLE.sourceId)
    expect(people.list(null).jobs).toMatchObject([{ database: 'Tasks' }])
  })

  test('shows a job of a database as one that is of no page', () => {
    const { people, database, arrive } = createPeopleRun()
    arrive(1)
    database.sql('UPDATE job SET entity = ?').run(`database:${TASKS.id}`)
    expect(people.list(null).jobs).toMatchObject([{ page_id: null }])
  })

  test('finds the page and the database of each job by their keys: no table but that of jobs is ever walked through', () => {
    const { database } = createPeopleRun()
    const steps = database
      .sql(`EXPLAIN QUERY PLAN ${JOBS_WITH_DATABASES} WHERE j.state IN ('failed') ORDER BY j.id DESC`)
      .all<{ detail: string }>()
      .map(({ detail }) => detail)
    expect(steps.filter((step) => step.startsWith('SCAN')).map((step) => step.split(' ')[1])).toEqual(['j'])
    expect(steps.filter((step) => step.startsWith('SEARCH r '))).toHaveLength(1)
  })
})
