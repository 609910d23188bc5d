import { describe, expect, onTestFinished, test } from 'vitest'
import { failureOfSilence } from '../../../electron/engine/notion/failures.ts'
import type { PlanResult } from '../../../electron/engine/processors/planned.ts'
import type { Failure } from '../../../shared/failures.ts'
import { type CrewOptions, createCrewAtQueue } from '../../support/crew-at-queue.ts'
import { endOfTurn } from '../../support/end-of-turn.ts'
import { transient } from '../../support/job-making.ts'
import { createManualClock } from '../../support/manual-clock.ts'
import { permanent, planned, refused } from '../../support/planning.ts'
import { createQueueFile } from '../../support/queue-file.ts'

const unreachable: Failure = {
  kind: 'transient',
  code: 'unreachable',
  message: 'Notion cannot be reached.',
  stops: 'notion',
}
const timeOut: Failure = {
  kind: 'transient',
  code: 'no_answer',
  message: 'Notion did not answer in time.',
  stops: 'notion',
}

const createRun = (options: CrewOptions = {}) => {
  const { database, reopen } = createQueueFile()
  const clock = createManualClock()
  return { ...createCrewAtQueue(database, clock, options), clock, reopen }
}

const SPENT = 'SELECT count(*) AS attempts, (SELECT sum(failed_attempts) FROM job) AS failed FROM attempt'

describe('while Notion cannot be reached', () => {
  test('the queue pauses at once, the job waits on, and its attempt is nowhere', async () => {
    const { arrive, comesTo, rest, pass, attempted, counted, flow, rows } = createRun()
    comesTo(1, () => refused(unreachable))
    arrive(1, 2, 3)
    await rest()
    await pass(25_000)
    expect(attempted).toEqual([1])
    expect(flow.hold()).toMatchObject({ kind: 'outage', outage: 'offline' })
    expect(rows('SELECT state, failed_attempts, outcome, reason FROM job ORDER BY id')).toEqual(
      Array(3).fill({ state: 'waiting', failed_attempts: 0, outcome: null, reason: null }),
    )
    expect(rows('SELECT * FROM attempt')).toEqual([])
    expect(counted).toEqual({ completed: 0, failed: 0, delayed: 0, postponed: 1, refunded: 0 })
  })

  test('one probe goes out every 30 seconds; when it is answered everything is done, by itself', async () => {
    const { arrive, comesTo, rest, pass, attempted, counted, probe, rows } = createRun()
    comesTo(1, () => refused(unreachable))
    probe.answer = unreachable
    arrive(1, 2, 3)
    await rest()
    await pass(3_600_000)
    expect(probe.count).toBe(120)
    expect(attempted).toEqual([1])
    probe.answer = null
    comesTo(1, () => planned())
    await pass(30_000)
    expect(attempted.toSorted()).toEqual([1, 1, 2, 3])
    expect(counted).toMatchObject({ completed: 3, failed: 0, delayed: 0 })
    expect(rows(SPENT)).toEqual([{ attempts: 0, failed: 0 }])
    await pass(120_000)
    expect(probe.count).toBe(121)
  })

  test('an event that comes meanwhile is part of the waiting job of its page', async () => {
    const { arrive, comesTo, rest, attempted, queue } = createRun()
    comesTo(1, () => refused(unreachable))
    arrive(1)
    await rest()
    arrive(1, 1)
    await rest()
    expect(attempted).toEqual([1])
    expect(queue.jobs.counts()).toMatchObject({ waiting: 1, delayed: 0 })
    expect(queue.jobs.claim(Number.MAX_SAFE_INTEGER, 9)).toMatchObject([{ eventCount: 3, failedAttempts: 0 }])
  })

  test('what was under way when it was lost costs nothing either, even where it runs into its time limit', async () => {
    const { arrive, comesTo, rest, rows, counted } = createRun({ concurrency: 2, retryAttempts: 0 })
    const late = Promise.withResolvers<PlanResult>()
    comesTo(1, () => late.promise)
    comesTo(2, () => refused(unreachable))
    arrive(1, 2)
    await endOfTurn()
    late.resolve(refused(timeOut))
    await rest()
    expect(rows('SELECT state FROM job')).toEqual([{ state: 'waiting' }, { state: 'waiting' }])
    expect(rows(SPENT)).toEqual([{ attempts: 0, failed: 0 }])
    expect(counted).toMatchObject({ postponed: 2, failed: 0 })
  })
})

test('a connection that breaks off once costs its page an attempt, and holds up nobody', async () => {
  const { arrive, comesTo, rest, pass, attempted, flow, counted, rows } = createRun()
  const lost = failureOfSilence({ kind: 'no-answer', reason: 'cut', detail: 'fetch failed: other side closed' })
  const results = [refused(lost)]
  comesTo(1, () => results.shift() ?? planned())
  arrive(1, 2, 3)
  await rest()
  expect(flow.hold()).toBeNull()
  expect(attempted).toEqual([1, 2, 3])
  expect(rows('SELECT job_id, code, message FROM attempt')).toEqual([
    { job_id: 1, code: 'connection_lost', message: lost.message },
  ])
  await pass(2_000)
  expect(counted).toEqual({ completed: 3, failed: 0, delayed: 1, postponed: 0, refunded: 0 })
})

describe('a Notion that fails', () => {
  test('for three different pages in a row pauses the queue, and gives the two before their attempt back', async () => {
    const { arrive, comesTo, rest, pass, attempted, flow, rows, counted, probe } = createRun()
    for (const number of [1, 2, 3]) comesTo(number, () => refused(number === 2 ? timeOut : transient))
    arrive(1, 2, 3, 4)
    await rest()
    expect(attempted).toEqual([1, 2, 3])
    expect(flow.hold()).toMatchObject({ kind: 'outage', outage: 'failing' })
    expect(rows(SPENT)).toEqual([{ attempts: 0, failed: 0 }])
    expect(counted).toMatchObject({ delayed: 2, postponed: 1, failed: 0 })
    for (const number of [1, 2, 3]) comesTo(number, () => planned())
    await pass(30_000)
    expect(probe.count).toBe(1)
    expect(counted).toMatchObject({ completed: 4, failed: 0 })
  })

  test('sends round again what it had already made fail for good', async () => {
    const { arrive, comesTo, rest, pass, queue, rows } = createRun({ retryAttempts: 0 })
    for (const number of [1, 2, 3]) comesTo(number, () => refused(transient))
    arrive(1, 2, 3)
    await rest()
    expect(queue.jobs.counts()).toMatchObject({ waiting: 3, failed: 0 })
    expect(rows('SELECT DISTINCT reason, ended_at, failed_attempts FROM job')).toEqual([
      { reason: null, ended_at: null, failed_attempts: 0 },
    ])
    for (const number of [1, 2, 3]) comesTo(number, () => planned())
    await pass(30_000)
    expect(queue.jobs.counts()).toMatchObject({ completed: 3 })
  })

  test('keeps the attempts that failed before it for reasons of their own', async () => {
    const { arrive, comesTo, rest, pass, rows } = createRun()
    const results = [{ ...transient, code: 'conflict_error', stops: undefined }, transient]
    comesTo(1, () => refused(results.shift() ?? transient))
    for (const number of [2, 3]) comesTo(number, () => refused(transient))
    arrive(1)
    await rest()
    await pass(2_000)
    arrive(2, 3)
    await rest()
    expect(rows('SELECT failed_attempts FROM job ORDER BY id')).toEqual(
      [1, 0, 0].map((failed_attempts) => ({ failed_attempts })),
    )
    expect(rows('SELECT job_id, code FROM attempt')).toEqual([{ job_id: 1, code: 'conflict_error' }])
  })

  test('for two pages only, or with another answer in between, is the misfortune of these pages', async () => {
    const { arrive, comesTo, rest, flow, rows, attempted } = createRun()
    for (const number of [1, 2, 4, 5]) comesTo(number, () => refused(transient))
    comesTo(6, () => refused(permanent))
    for (const number of [7, 8]) comesTo(number, () => refused(timeOut))
    arrive(1, 2, 3, 4, 5, 6, 7, 8)
    await rest()
    expect(attempted).toEqual([1, 2, 3, 4, 5, 6, 7, 8])
    expect(flow.hold()).toBeNull()
    expect(rows('SELECT count(*) AS n FROM attempt')).toEqual([{ n: 7 }])
  })

  test('for one page alone makes that page fail in the end, and holds up no other', async () => {
    const { arrive, comesTo, rest, pass, flow, queue, counted } = createRun({ retryAttempts: 2 })
    comesTo(1, () => refused(transient))
    arrive(1, 2)
    await rest()
    await pass(20_000)
    expect(flow.hold()).toBeNull()
    expect(queue.jobs.counts()).toMatchObject({ failed: 1, completed: 1 })
    expect(counted).toEqual({ completed: 1, failed: 1, delayed: 2, postponed: 0, refunded: 0 })
  })
})

describe('a rate limit', () => {
  test('stops all claiming until Retry-After is over, and then the queue goes on by itself', async () => {
    const { arrive, rest, pass, attempted, budget, flow, rows, clock } = createRun()
    budget.pauseFor(45_000)
    const until = clock.now() + 45_000
    arrive(1, 2)
    await rest()
    expect(flow.hold()).toEqual({ kind: 'rate-limited', until })
    await pass(44_999)
    expect(attempted).toEqual([])
    await pass(1)
    expect(attempted).toEqual([1, 2])
    expect(rows(SPENT)).toEqual([{ attempts: 0, failed: 0 }])
  })
})

describe('a pause of a person', () => {
  test('without an end stops processing only: events are stored, and wait until it is taken back', async () => {
    const { arrive, rest, pass, attempted, queue, worker } = createRun()
    queue.notes.notePause(null)
    arrive(1, 2)
    await rest()
    await pass(7_200_000)
    expect(attempted).toEqual([])
    expect(queue.jobs.counts()).toMatchObject({ waiting: 2 })
    queue.notes.clearPause()
    worker.wake()
    await rest()
    expect(attempted).toEqual([1, 2])
  })

  test('with an end is over by itself', async () => {
    const { arrive, rest, pass, attempted, queue, clock } = createRun()
    queue.notes.notePause(clock.now() + 1_800_000)
    arrive(1)
    await rest()
    await pass(1_799_999)
    expect(attempted).toEqual([])
    await pass(1)
    expect(attempted).toEqual([1])
  })

  test.each([
    ['without an end', null],
    ['with an end', 60_000],
  ])('%s outlives a restart', async (_, forMs) => {
    const before = createRun()
    before.queue.notes.notePause(forMs === null ? null : before.clock.now() + forMs)
    before.arrive(1)
    await before.rest()
    const after = createCrewAtQueue(before.reopen(), before.clock)
    onTestFinished(after.flow.stop)
    after.worker.wake()
    await after.rest()
    expect(after.flow.hold()).toMatchObject({ kind: 'paused' })
    await after.pass(59_999)
    expect(after.attempted).toEqual([])
    await after.pass(1)
    expect(after.attempted).toEqual(forMs === null ? [] : [1])
  })

  test('lets what is under way come to its end', async () => {
    const { arrive, comesTo, rest, queue, attempted } = createRun()
    const end = Promise.withResolvers<PlanResult>()
    comesTo(1, () => end.promise)
    arrive(1, 2)
    await endOfTurn()
    queue.notes.notePause(null)
    end.resolve(planned())
    await rest()
    expect(attempted).toEqual([1])
    expect(queue.jobs.counts()).toMatchObject({ completed: 1, waiting: 1 })
  })
})
