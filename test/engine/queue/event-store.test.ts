import { describe, expect, test } from 'vitest'
import { createEventStore, type QuietTime, UNWATCHED } from '../../../electron/engine/queue/event-store.ts'
import { createJobStore } from '../../../electron/engine/queue/job-store.ts'
import { claimOne, failedAt, page, pageEvent } from '../../support/job-making.ts'
import { notionId } from '../../support/notion-ids.ts'
import { createQueueFile } from '../../support/queue-file.ts'
import { endOfTurn } from '../../support/end-of-turn.ts'

const T = Date.UTC(2026, 10, 23, 12)
const QUIET: QuietTime = { quietMs: 5_000, longestMs: 30_000 }

const createQueue = (quiet = QUIET, queueSize = 100) => {
  const file = createQueueFile()
  const store = createEventStore(file.database, queueSize, quiet)
  const jobs = createJobStore(file.database)
  let count = 0
  /** An event of page 1 (or another) at so many ms after T. */
  const arrive = (afterMs: number, number = 1) => {
    count += 1
    return store.enqueue(pageEvent(`e${count}`, number, T + afterMs), page(number))
  }
  return { ...file, store, jobs, arrive, dueAfter: () => (jobs.nextDueAt() ?? Number.NaN) - T }
}

describe('a burst of events of one page', () => {
  test('becomes one job, which waits until it has been quiet for the quiet time', () => {
    const { arrive, jobs, dueAfter } = createQueue()
    for (const at of [0, 1_000, 4_000]) arrive(at)
    expect(dueAfter()).toBe(9_000)
    expect(jobs.claim(T + 8_999, 10)).toStrictEqual([])
    expect(jobs.claim(T + 9_000, 10)).toMatchObject([
      { entity: page(1), eventId: 'e3', eventCount: 3, failedAttempts: 0 },
    ])
  })

  test('waits 30 s in all at most, so that a page that never rests is followed too', () => {
    const { arrive, dueAfter } = createQueue()
    for (let at = 0; at < 29_000; at += 1_000) arrive(at)
    expect(dueAfter()).toBe(30_000)
  })

  test('waits longer than 30 s where the setting itself is longer', () => {
    const { arrive, dueAfter } = createQueue({ quietMs: 120_000, longestMs: 120_000 })
    arrive(0)
    arrive(60_000)
    expect(dueAfter()).toBe(120_000)
  })

  test('is many jobs when it is of many pages', () => {
    const { arrive, jobs } = createQueue()
    for (const number of [1, 2, 3]) arrive(0, number)
    expect(jobs.claim(T + 5_000, 10).map((job) => job.entity)).toStrictEqual([page(1), page(2), page(3)])
  })

  test('waits for nothing where the quiet time is 0', () => {
    const { arrive, dueAfter } = createQueue({ quietMs: 0, longestMs: 30_000 })
    arrive(1_000)
    expect(dueAfter()).toBe(1_000)
  })

  test('is not stuck in the future when the clock was set back', () => {
    const { arrive, dueAfter } = createQueue()
    arrive(3_600_000)
    arrive(0)
    expect(dueAfter()).toBe(30_000)
  })
})

describe('an event that arrives late', () => {
  test('during an attempt makes a job of its own, which is claimed after it', () => {
    const { arrive, jobs } = createQueue()
    arrive(0)
    const first = claimOne(jobs, T + 5_000)
    arrive(6_000)
    expect(jobs.claim(T + 60_000, 10)).toStrictEqual([])
    jobs.complete(first, 'written', null, T + 60_000)
    expect(claimOne(jobs, T + 60_000)).toMatchObject({ eventId: 'e2', eventCount: 1 })
  })

  test('during a backoff joins the delayed job, and leaves the backoff as it is', () => {
    const { arrive, jobs, dueAfter } = createQueue()
    arrive(0)
    jobs.delay(claimOne(jobs, T + 5_000), failedAt(T + 5_000), T + 13_000)
    arrive(6_000)
    expect(dueAfter()).toBe(13_000)
    expect(jobs.counts()).toMatchObject({ waiting: 0, delayed: 1 })
    expect(claimOne(jobs, T + 13_000)).toMatchObject({ eventId: 'e2', eventCount: 2, failedAttempts: 1 })
  })

  test('during a long backoff leaves that as it is, too', () => {
    const { arrive, jobs, dueAfter } = createQueue()
    arrive(0)
    jobs.delay(claimOne(jobs, T + 5_000), failedAt(T + 5_000), T + 3_600_000)
    arrive(6_000)
    expect(dueAfter()).toBe(3_600_000)
  })

  test('at the end of a backoff still has its quiet time', () => {
    const { arrive, jobs, dueAfter } = createQueue()
    arrive(0)
    jobs.delay(claimOne(jobs, T + 5_000), failedAt(T + 5_000), T + 7_000)
    arrive(6_900)
    expect(dueAfter()).toBe(11_900)
  })
})

describe('jobs of our own', () => {
  test('are due at once, but never cut the quiet time of an event short', () => {
    const { arrive, store, dueAfter } = createQueue()
    store.enqueueInternal(page(2), T)
    expect(dueAfter()).toBe(0)
    const other = createQueue()
    other.arrive(0)
    other.store.enqueueInternal(page(1), T + 1_000)
    expect(other.dueAfter()).toBe(5_000)
    arrive(1_000, 2)
    expect(dueAfter()).toBe(6_000)
  })

  test('for titles are due after the quiet time, which those that join them move on', () => {
    const { store, dueAfter } = createQueue({ quietMs: 700, longestMs: 30_000 })
    store.enqueueTitles([notionId(1)], T)
    expect(dueAfter()).toBe(700)
    store.enqueueTitles([notionId(1)], T + 500)
    expect(dueAfter()).toBe(1_200)
  })

  test('stay out of the queue size, and what joins an open job needs no room', () => {
    const { arrive, store, jobs } = createQueue(QUIET, 1)
    store.enqueueInternal(page(1), T)
    expect(store.isFull()).toBe(false)
    expect(arrive(0, 2)).toBe('queued')
    expect(store.isFull()).toBe(true)
    expect(arrive(0, 3)).toBe('full')
    expect(arrive(0, 1)).toBe('queued')
    expect(arrive(0, 2)).toBe('queued')
    expect(jobs.counts().waiting).toBe(2)
  })
})

describe('the room in the queue', () => {
  test('is used to the last job by the events of one commit, those that join a job taking none', () => {
    const { arrive, database, jobs } = createQueue(QUIET, 3)
    const answers = database.transaction(() => [1, 1, 1, 2, 2, 3, 4, 3, 5].map((number) => arrive(0, number)))
    expect(answers).toEqual([...Array<string>(6).fill('queued'), 'full', 'queued', 'full'])
    expect(jobs.counts().waiting).toBe(3)
  })

  test('is there again for what comes after a commit that was taken back, or after jobs have ended', async () => {
    const { arrive, database, jobs } = createQueue(QUIET, 2)
    expect(() =>
      database.transaction(() => {
        for (const number of [1, 2]) arrive(0, number)
        throw new Error('a neighbour failed')
      }),
    ).toThrow('a neighbour failed')
    expect([1, 2, 3].map((number) => arrive(0, number))).toEqual(['queued', 'queued', 'full'])
    await endOfTurn()
    for (const job of jobs.claim(T + 5_000, 1)) jobs.complete(job, 'written', null, T + 5_000)
    expect([3, 4].map((number) => arrive(0, number))).toEqual(['queued', 'full'])
  })
})

describe('events that are taken up later', () => {
  const ignored = (id: string, number: number, afterMs: number, reason = UNWATCHED, sourceId = notionId(9)) =>
    [{ ...pageEvent(id, number, T + afterMs), sourceId }, reason] as const

  test('are those of the source that were ignored as unwatched, and no others', () => {
    const { store, database, jobs } = createQueue()
    store.ignore(...ignored('e1', 1, 0))
    store.ignore(...ignored('e2', 2, 0, UNWATCHED, notionId(8)))
    store.ignore(...ignored('e3', 3, 0, 'event type not selected'))
    store.ignore({ ...ignored('e4', 4, 0)[0], entity: { kind: 'data_source', id: notionId(9) } }, UNWATCHED)
    expect(store.readmit(notionId(9), T + 60_000)).toBe(1)
    expect(claimOne(jobs, T + 60_000)).toMatchObject({ entity: page(1), eventId: 'e1', eventCount: 1 })
    const statuses = database.sql('SELECT id, status FROM event ORDER BY seq').all()
    expect(statuses).toMatchObject([{ status: 'queued' }, ...Array(3).fill({ status: 'ignored' })])
  })

  test('have what is left of their quiet time', () => {
    const { store, dueAfter } = createQueue()
    store.ignore(...ignored('e1', 1, 0))
    store.readmit(notionId(9), T + 2_000)
    expect(dueAfter()).toBe(5_000)
  })

  test('join the job of a newer event without taking its place', () => {
    const { arrive, store, jobs } = createQueue()
    store.ignore(...ignored('old', 1, 0))
    arrive(1_000)
    store.readmit(notionId(9), T + 2_000)
    expect(claimOne(jobs, T + 6_000)).toMatchObject({ eventId: 'e1', eventCount: 2 })
  })
})

describe('what is remembered', () => {
  test('ids, the newest time and the order of arrival outlive a restart', () => {
    const { arrive, store, reopen } = createQueue()
    arrive(0)
    store.ignore(pageEvent('ignored', 2, T + 1_000), 'because')
    expect(store.lastReceivedAt()).toBe(T + 1_000)
    const database = reopen()
    const later = createEventStore(database, 100, QUIET)
    expect(['e1', 'ignored', 'e2'].map(later.isKnown)).toStrictEqual([true, true, false])
    expect(later.lastReceivedAt()).toBe(T + 1_000)
    later.enqueue(pageEvent('e2', 1, T + 2_000), page(1))
    expect(claimOne(createJobStore(database), T + 7_000)).toMatchObject({ eventId: 'e2', eventCount: 2 })
  })

  test('an empty queue knows no event and no time', () => {
    const { store } = createQueue()
    expect(store.isKnown('e1')).toBe(false)
    expect(store.lastReceivedAt()).toBeNull()
  })

  test('an id is stored once, whatever happens: the second time fails, and takes its job with it', () => {
    const { database, store, jobs } = createQueue()
    store.enqueue(pageEvent('e1', 1, T), page(1))
    expect(() => database.transaction(() => store.enqueue(pageEvent('e1', 2, T), page(2)))).toThrow(/UNIQUE/)
    expect(jobs.counts().waiting).toBe(1)
  })
})
