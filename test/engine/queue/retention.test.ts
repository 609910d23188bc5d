import { describe, expect, onTestFinished, test } from 'vitest'
import { createGroupCommit, type GroupCommit } from '../../../electron/engine/foundation/group-commit.ts'
import { createEventStore } from '../../../electron/engine/queue/event-store.ts'
import { createJobStore } from '../../../electron/engine/queue/job-store.ts'
import { createPeopleAtQueue } from '../../../electron/engine/queue/people.ts'
import { createPruning } from '../../../electron/engine/queue/retention.ts'
import { createBreakingCommits } from '../../support/breaking-commits.ts'
import { claimOne, failedAt, page, pageEvent } from '../../support/job-making.ts'
import { createManualClock } from '../../support/manual-clock.ts'
import { createQueueFile } from '../../support/queue-file.ts'
import { createRecordedLog } from '../../support/recorded-log.ts'

const T = Date.UTC(2026, 9, 1)
const HOUR_MS = 3_600_000
const DAY_MS = 24 * HOUR_MS

const createQueue = (wrapCommits = (commits: GroupCommit): GroupCommit => commits) => {
  const { database } = createQueueFile()
  const store = createEventStore(database, 10_000, { quietMs: 0, longestMs: 30_000 })
  const jobs = createJobStore(database)
  const clock = createManualClock(T)
  const log = createRecordedLog()
  const pruning = createPruning(database, wrapCommits(createGroupCommit(database)), clock, log)
  onTestFinished(pruning.stop)
  const ids = (): readonly string[] =>
    database
      .sql('SELECT id FROM event ORDER BY seq')
      .all<{ id: string }>()
      .map(({ id }) => id)
  const arrive = (id: string, number: number): void => {
    store.enqueue(pageEvent(id, number, clock.now()), page(number))
  }
  /** Resolves when what was due at this time is forgotten. */
  const prune = async (): Promise<void> => {
    const done = clock.nextTimer()
    pruning.start()
    await done
  }
  return { database, store, jobs, clock, log, pruning, ids, arrive, prune }
}

describe('what is remembered', () => {
  test('events stay for 30 days to the millisecond, ignored and completed ones alike, and go after that', async () => {
    const { store, jobs, clock, ids, arrive, prune } = createQueue()
    store.ignore(pageEvent('ignored', 1, T), 'because')
    arrive('completed', 2)
    jobs.complete(claimOne(jobs, T), 'written', null, T)
    clock.advance(30 * DAY_MS)
    arrive('new', 3)
    await prune()
    expect(ids()).toStrictEqual(['ignored', 'completed', 'new'])
    const next = clock.nextTimer()
    clock.advance(HOUR_MS)
    await next
    expect(ids()).toStrictEqual(['new'])
    expect(jobs.counts()).toMatchObject({ waiting: 1, completed: 0 })
  })

  test('what a person discarded can be taken back for 30 days, and goes after that', async () => {
    const { database, jobs, clock, ids, arrive, prune } = createQueue()
    arrive('given up', 1)
    jobs.fail(claimOne(jobs, T), failedAt(T), T)
    createPeopleAtQueue(database, jobs).discard({ all: true }, T)
    clock.advance(30 * DAY_MS)
    await prune()
    expect({ ids: ids(), counts: jobs.counts() }).toMatchObject({ ids: ['given up'], counts: { discarded: 1 } })
    const next = clock.nextTimer()
    clock.advance(HOUR_MS)
    await next
    expect({ ids: ids(), counts: jobs.counts() }).toMatchObject({ ids: [], counts: { discarded: 0 } })
  })

  test('what is not done stays for ever, with every event and attempt of it', async () => {
    const { database, jobs, clock, ids, arrive, prune } = createQueue()
    for (const [index, state] of ['delayed', 'failed', 'active', 'held', 'waiting'].entries()) {
      arrive(state, index + 1)
      if (state === 'waiting') continue
      const job = claimOne(jobs, T)
      if (state === 'delayed') jobs.delay(job, failedAt(T), T + HOUR_MS)
      if (state === 'failed') jobs.fail(job, failedAt(T), T)
      if (state === 'held') database.sql(`UPDATE job SET state = 'held' WHERE id = ?`).run(job.id)
    }
    clock.advance(365 * DAY_MS)
    await prune()
    expect(ids()).toStrictEqual(['delayed', 'failed', 'active', 'held', 'waiting'])
    expect(jobs.counts()).toMatchObject({ waiting: 1, delayed: 1, active: 1, failed: 1, held: 1 })
    expect(database.sql('SELECT 1 FROM attempt').all()).toHaveLength(2)
  })

  test('a job that was completed late is kept for 30 days from then, its attempts with it', async () => {
    const { database, jobs, clock, ids, arrive, prune } = createQueue()
    arrive('e1', 1)
    jobs.delay(claimOne(jobs, T), failedAt(T), T)
    const job = claimOne(jobs, T)
    clock.advance(31 * DAY_MS)
    jobs.complete(job, 'written', null, clock.now())
    await prune()
    expect(ids()).toStrictEqual([])
    expect(jobs.counts().completed).toBe(1)
    const next = clock.nextTimer()
    clock.advance(31 * DAY_MS)
    await next
    expect(jobs.counts().completed).toBe(0)
    expect(database.sql('SELECT 1 FROM attempt').all()).toStrictEqual([])
  })

  test('however much has become old, one round forgets it all, some rows a commit', async () => {
    let commitCount = 0
    const { database, store, clock, ids, prune } = createQueue((commits) =>
      createBreakingCommits(commits, () => {
        commitCount += 1
      }),
    )
    database.transaction(() => {
      for (let number = 0; number < 1_200; number += 1) store.ignore(pageEvent(`e${number}`, 1, T), 'because')
    })
    clock.advance(31 * DAY_MS)
    await prune()
    expect(ids()).toStrictEqual([])
    expect(commitCount).toBe(3)
  })
})

describe('forgetting', () => {
  test('is tried again after an hour when the disk refuses, and told', async () => {
    let isBroken = true
    const { store, clock, log, ids, prune } = createQueue((commits) =>
      createBreakingCommits(commits, () => {
        if (isBroken) throw new Error('the disk is full')
      }),
    )
    store.ignore(pageEvent('e1', 1, T), 'because')
    clock.advance(31 * DAY_MS)
    await prune()
    expect(ids()).toStrictEqual(['e1'])
    expect(log.lines).toMatchObject([{ level: 'warn', fields: { error: 'the disk is full' } }])
    isBroken = false
    const next = clock.nextTimer()
    clock.advance(HOUR_MS)
    await next
    expect(ids()).toStrictEqual([])
  })

  test('ends with the engine: no timer is left', async () => {
    const { clock, pruning, prune } = createQueue()
    await prune()
    expect(clock.dueTimes()).toHaveLength(1)
    pruning.stop()
    expect(clock.dueTimes()).toStrictEqual([])
  })
})
