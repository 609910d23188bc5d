import { describe, expect, test } from 'vitest'
import type { Selection } from '../../../shared/bridge.ts'
import type { Failure } from '../../../shared/failures.ts'
import { dashedId } from '../../../shared/ids.ts'
import { claimOne, failedAt, page } from '../../support/job-making.ts'
import { createPeopleRun, PEOPLE, TASKS } from '../../support/people-at-queue.ts'

const gone: Failure = { kind: 'permanent', code: 'object_not_found', message: 'Notion does not find it.' }
const unauthorized: Failure = { kind: 'permanent', code: 'unauthorized', message: 'Notion refuses the token.' }

/** Failed jobs: 1 and 2 of Tasks, 3 of People by its event, 4 of nothing that is known. */
const createFour = () => {
  const run = createPeopleRun()
  run.hold(1, TASKS)
  run.hold(2, TASKS)
  const ids = [
    run.failed(1, gone),
    run.failed(2, unauthorized),
    run.failed(3, gone, PEOPLE.sourceId),
    run.failed(4, gone),
  ]
  expect(ids).toEqual([1, 2, 3, 4])
  return run
}

describe('a selection', () => {
  test.each<[string, Selection, readonly number[]]>([
    ['nothing named', {}, []],
    ['no number', { ids: [] }, []],
    ['numbers', { ids: [2, 4] }, [2, 4]],
    ['a number of no job', { ids: [99] }, []],
    ['all', { all: true }, [1, 2, 3, 4]],
    ['a cause', { cause: 'object_not_found' }, [1, 3, 4]],
    ['a cause that no job has', { cause: 'object' }, []],
    ['the title of a database', { database: 'Tasks' }, [1, 2]],
    ['a title as another keyboard writes it', { database: ' Tasks ' }, [1, 2]],
    ['the id of a database', { database: TASKS.id }, [1, 2]],
    ['its id with dashes', { database: dashedId(PEOPLE.id).toUpperCase() }, [3]],
    ['a database that nobody knows', { database: 'Task' }, []],
    ['an empty title', { database: '' }, []],
    ['a cause and a database', { cause: 'object_not_found', database: 'Tasks' }, [1]],
    ['numbers and a cause', { ids: [1, 2], cause: 'unauthorized' }, [2]],
    ['all, of a database', { all: true, database: 'People' }, [3]],
    ['all, but only these numbers', { all: true, ids: [3] }, [3]],
  ])('of %s means just these jobs, for each action', (_, selection, expected) => {
    for (const action of ['retry', 'discard'] as const) {
      const { people, states, now } = createFour()
      expect(people.count(action, selection).count).toBe(expected.length)
      expect(people.count('undo', selection).count).toBe(0)
      expect(people[action](selection, now())).toBe(expected.length)
      const changed = Object.entries(states()).filter(([, state]) => state !== 'failed')
      expect(changed).toEqual(expected.map((id) => [String(id), action === 'retry' ? 'waiting' : 'discarded']))
    }
  })

  test('that was counted means no job that failed after that, nor one that failed again', () => {
    const { people, jobs, failed, states, now } = createPeopleRun()
    for (const number of [1, 2]) failed(number)
    const { count, until } = people.count('retry', { all: true })
    expect(count).toBe(2)
    failed(3)
    people.retry({ ids: [1] }, now())
    jobs.fail(claimOne(jobs, now()), failedAt(now()), now())
    expect(people.count('discard', { all: true, until }).count).toBe(1)
    expect(people.discard({ all: true, until }, now())).toBe(1)
    expect(states()).toEqual({ 1: 'failed', 2: 'discarded', 3: 'failed' })
  })

  test('that names a time and nothing else means no job', () => {
    const { people, failed, now } = createPeopleRun()
    failed(1)
    expect(people.count('retry', { until: now() })).toEqual({ count: 0, until: 0 })
    expect(people.retry({ until: now() }, now())).toBe(0)
  })

  test('means nothing that is not failed or held', () => {
    const { people, jobs, arrive, states, now, database, failed } = createPeopleRun()
    failed(9)
    database.sql(`UPDATE job SET state = 'held' WHERE id = 1`).run()
    arrive(1)
    jobs.complete(claimOne(jobs, now()), 'written', null, now())
    arrive(2)
    jobs.delay(claimOne(jobs, now()), failedAt(now()), now() + 60_000)
    arrive(3)
    claimOne(jobs, now())
    arrive(4)
    const before = states()
    expect(people.count('retry', { all: true }).count).toBe(1)
    expect(people.discard({ all: true }, now())).toBe(1)
    expect(states()).toEqual({ ...before, 1: 'discarded' })
  })
})

describe('a discard', () => {
  test('is taken back by its numbers, its cause or its database; the jobs are failed again, with their reasons', () => {
    const { people, states, now } = createFour()
    const before = people.list(null).jobs
    people.discard({ all: true }, now())
    expect(people.count('retry', { all: true }).count).toBe(0)
    expect(people.undo({}, now())).toBe(0)
    expect(people.undo({ ids: [2] }, now())).toBe(1)
    expect(people.undo({ cause: 'object_not_found', database: 'Tasks' }, now())).toBe(1)
    expect(states()).toEqual({ 1: 'failed', 2: 'failed', 3: 'discarded', 4: 'discarded' })
    expect(people.undo({ all: true }, now())).toBe(2)
    expect(people.list(null).jobs).toEqual(before)
    expect(people.retry({ all: true }, now())).toBe(4)
  })

  test('stays when a later job of the page succeeds', () => {
    const { people, jobs, failed, arrive, states, now } = createPeopleRun()
    failed(1)
    people.discard({ all: true }, now())
    arrive(1)
    jobs.complete(claimOne(jobs, now()), 'written', null, now())
    expect(states()).toEqual({ 1: 'discarded', 2: 'completed' })
  })

  test('that is taken back after a later success of the page is completed by it, whichever job that was', () => {
    const { people, jobs, failed, arrive, states, now } = createPeopleRun()
    for (const number of [1, 1, 2]) failed(number)
    people.discard({ ids: [2, 3] }, now())
    arrive(1)
    people.retry({ ids: [1] }, now())
    jobs.complete(claimOne(jobs, now()), 'written', null, now())
    expect(people.undo({ all: true }, now())).toBe(2)
    expect(states()).toEqual({ 1: 'completed', 2: 'completed', 3: 'failed' })
    expect(people.list(['completed']).jobs.at(0)).toMatchObject({
      id: 2,
      reason: 'A later job of the same page was completed.',
    })
  })

  test('that is taken back is failed again where the page’s success came before it failed', () => {
    const { people, jobs, failed, arrive, states, now } = createPeopleRun()
    arrive(1)
    jobs.complete(claimOne(jobs, now()), 'written', null, now())
    failed(1)
    people.discard({ all: true }, now())
    expect(people.undo({ all: true }, now())).toBe(1)
    expect(states()).toEqual({ 1: 'completed', 2: 'failed' })
  })
})

describe('a retry', () => {
  test('starts with its attempts from none, is due at once, and what failed before stays on the list', () => {
    const { people, jobs, arrive, now } = createPeopleRun()
    arrive(1)
    jobs.delay(claimOne(jobs, now()), failedAt(now()), now())
    jobs.fail(claimOne(jobs, now()), failedAt(now(), gone), now())
    expect(people.retry({ ids: [1] }, now() + 60_000)).toBe(1)
    expect(jobs.nextDueAt()).toBe(now() + 60_000)
    const job = claimOne(jobs, now() + 60_000)
    expect(job).toMatchObject({ id: 1, failedAttempts: 0 })
    jobs.delay(job, failedAt(now()), now() + 62_000)
    expect(people.list(null).jobs).toMatchObject([{ state: 'delayed', attempts: { length: 3 } }])
    expect(claimOne(jobs, now() + 62_000)).toMatchObject({ failedAttempts: 1 })
  })

  test('of several failed jobs of one page sends the newest round; when it is done they all are', () => {
    const { people, jobs, failed, states, now } = createPeopleRun()
    for (let count = 0; count < 3; count += 1) failed(1)
    failed(2)
    expect(people.retry({ all: true }, now())).toBe(4)
    expect(states()).toEqual({ 1: 'failed', 2: 'failed', 3: 'waiting', 4: 'waiting' })
    for (const job of jobs.claim(now(), 9)) jobs.complete(job, 'written', null, now())
    expect(Object.values(states())).toEqual(Array(4).fill('completed'))
  })

  test('while a newer job of the page waits becomes one with it, with the newest event', () => {
    const { people, jobs, failed, arrive, states, now } = createPeopleRun()
    failed(1)
    expect(arrive(1)).toBe(2)
    expect(people.retry({ all: true }, now())).toBe(1)
    expect(states()).toEqual({ 1: 'waiting' })
    expect(claimOne(jobs, now())).toMatchObject({ id: 1, eventId: 'e2', eventCount: 2, failedAttempts: 0 })
  })

  test('while a newer job of the page is active waits until that one has ended', () => {
    const { people, jobs, failed, arrive, states, now } = createPeopleRun()
    failed(1)
    arrive(1)
    const active = claimOne(jobs, now())
    expect(people.retry({ all: true }, now())).toBe(1)
    expect(states()).toEqual({ 1: 'waiting', 2: 'active' })
    expect(jobs.claim(now() + 60_000, 9)).toEqual([])
    jobs.complete(active, 'written', null, now())
    expect(claimOne(jobs, now() + 60_000)).toMatchObject({ id: 1, entity: page(1) })
  })

  test('outlives a restart', () => {
    const { people, failed, reopen, now } = createPeopleRun()
    failed(1)
    people.retry({ all: true }, now())
    expect(reopen().sql('SELECT state, failed_attempts FROM job').all()).toEqual([
      { state: 'waiting', failed_attempts: 0 },
    ])
  })
})
