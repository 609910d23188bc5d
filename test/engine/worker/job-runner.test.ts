import { describe, expect, test } from 'vitest'
import { createGroupCommit } from '../../../electron/engine/foundation/group-commit.ts'
import type { PlanResult } from '../../../electron/engine/processors/planned.ts'
import { createEventStore } from '../../../electron/engine/queue/event-store.ts'
import { type ClaimedJob, createJobStore } from '../../../electron/engine/queue/job-store.ts'
import { createJobRunner } from '../../../electron/engine/worker/job-runner.ts'
import { entityKey } from '../../../shared/entities.ts'
import type { Failure } from '../../../shared/failures.ts'
import { createBreakingCommits } from '../../support/breaking-commits.ts'
import { claimOne, page, pageEvent, transient } from '../../support/job-making.ts'
import { createManualClock } from '../../support/manual-clock.ts'
import { createMemoryApplier } from '../../support/memory-applier.ts'
import { permanent, planned, refused, removal } from '../../support/planning.ts'
import { createQueueFile } from '../../support/queue-file.ts'
import { createRecordedLog } from '../../support/recorded-log.ts'

const PLANNING_MS = 250

/** A real queue with one job of two events; each attempt takes 250 ms and comes to what the test says. */
const createRun = (retryAttempts = 3) => {
  const { database } = createQueueFile()
  const clock = createManualClock()
  const store = createEventStore(database, 100, { quietMs: 0, longestMs: 0 })
  const jobs = createJobStore(database)
  const log = createRecordedLog()
  const applier = createMemoryApplier()
  const commits = createGroupCommit(database)
  const told: { readonly what: string; readonly events: number; readonly durationMs: number }[] = []
  const troubles: (string | null)[] = []
  const state = {
    isEnding: false,
    refusals: 0,
    result: planned(),
    sharedBy: null as readonly number[] | null,
    leastDelayMs: 0,
  }
  const run = createJobRunner<ClaimedJob>({
    applier,
    commits: createBreakingCommits(commits, () => {
      if (state.refusals === 0) return
      state.refusals -= 1
      throw new Error('the disk is full')
    }),
    learn: () => undefined,
    learnTitles: () => undefined,
    isEnding: () => state.isEnding,
    plan: async () => {
      clock.advance(PLANNING_MS)
      return state.result
    },
    jobs,
    retryAttempts,
    clock,
    random: () => 0.5,
    log,
    attemptEnded: () => state.sharedBy,
    leastDelayMs: (entity) => (entity === entityKey(page(1)) ? state.leastDelayMs : 0),
    onDelayed: () => undefined,
    onPostponed: (events) => told.push({ what: 'postponed', events, durationMs: 0 }),
    onTrouble: (message) => troubles.push(message),
    onProcessed: (events, durationMs) => told.push({ what: 'processed', events, durationMs }),
    onFailed: (events, durationMs) => told.push({ what: 'failed', events, durationMs }),
  })
  const runOne = (job: ClaimedJob) => run(job, () => undefined)
  const arrive = (id: string) => store.enqueue(pageEvent(id, 1, clock.now()), page(1))
  arrive('e1')
  arrive('e2')
  /** One attempt; gives how long the next one has to wait, null where there is none. */
  const attempt = async (result: PlanResult): Promise<number | null> => {
    state.result = result
    const dueAt = jobs.nextDueAt()
    clock.advance(Math.max(0, (dueAt ?? 0) - clock.now()))
    await runOne(claimOne(jobs, clock.now()))
    const nextDueAt = jobs.nextDueAt()
    return nextDueAt === null ? null : nextDueAt - clock.now()
  }
  const rows = (text: string) => database.sql(text).all<Record<string, unknown>>()
  return { attempt, arrive, troubles, applier, clock, jobs, log, rows, run: runOne, state, store, told }
}

describe('a job that succeeds', () => {
  test('is completed with its outcome; its events count as processed, with the time that the attempt took', async () => {
    const { attempt, rows, told, log } = createRun()
    expect(await attempt(planned({ outcome: 'removed', reason: 'in the trash' }))).toBeNull()
    expect(rows('SELECT state, outcome, reason, attempts FROM job')).toEqual([
      { state: 'completed', outcome: 'removed', reason: 'in the trash', attempts: 1 },
    ])
    expect(told).toStrictEqual([{ what: 'processed', events: 2, durationMs: PLANNING_MS }])
    expect(log.lines).toMatchObject([{ level: 'info', fields: { job: 1, attempt: 1, durationMs: PLANNING_MS } }])
  })
})

describe('a job whose attempts fail', () => {
  test('has 1 + retry_attempts of them with a growing backoff, then it is failed, every attempt kept', async () => {
    const { attempt, clock, rows, told } = createRun(3)
    const startMs = clock.now()
    const waits = []
    for (let number = 1; number <= 4; number += 1) waits.push(await attempt(refused(transient)))
    expect(waits).toStrictEqual([2_250, 4_500, 9_000, null])
    expect(rows('SELECT state, reason, attempts, failed_attempts, event_count FROM job')).toEqual([
      { state: 'failed', reason: 'service_unavailable', attempts: 4, failed_attempts: 4, event_count: 2 },
    ])
    const starts = [0, 2_500, 7_250, 16_500].map((afterMs) => startMs + afterMs)
    const { kind, code, message } = transient
    expect(rows('SELECT number, started_at, duration_ms, kind, code, message FROM attempt')).toEqual(
      starts.map((started_at, index) => ({
        number: index + 1,
        started_at,
        duration_ms: PLANNING_MS,
        kind,
        code,
        message,
      })),
    )
    expect(told).toStrictEqual([{ what: 'failed', events: 2, durationMs: PLANNING_MS }])
  })

  test.each([0, 1, 5])('has just %i more than the first where the setting says so', async (retryAttempts) => {
    const { attempt, jobs } = createRun(retryAttempts)
    let attempts = 1
    while ((await attempt(refused(transient))) !== null) attempts += 1
    expect(attempts).toBe(retryAttempts + 1)
    expect(jobs.counts()).toMatchObject({ failed: 1, delayed: 0, active: 0 })
  })

  test('is failed at once where only a person can help', async () => {
    const { attempt, rows, told, log } = createRun()
    expect(await attempt(refused(permanent))).toBeNull()
    expect(rows('SELECT state, reason FROM job')).toEqual([{ state: 'failed', reason: 'unauthorized' }])
    expect(rows('SELECT kind, message FROM attempt')).toEqual([{ kind: 'permanent', message: permanent.message }])
    expect(told).toMatchObject([{ what: 'failed', events: 2 }])
    expect(log.lines).toMatchObject([{ level: 'warn', fields: { code: 'unauthorized', isFinal: true } }])
  })

  test('waits for the next one as long as what it is about has to, where that is longer than the backoff', async () => {
    const { attempt, state } = createRun(3)
    state.leastDelayMs = 5_000
    const waits = []
    for (let number = 1; number <= 4; number += 1) waits.push(await attempt(refused(transient)))
    expect(waits).toStrictEqual([5_000, 5_000, 9_000, null])
  })

  test('is no failure while an attempt is left: nothing counts as failed until the last', async () => {
    const { attempt, told, log } = createRun()
    await attempt(refused(transient))
    await attempt(planned())
    expect(told).toMatchObject([{ what: 'processed', events: 2 }])
    expect(log.lines).toMatchObject([{ fields: { isFinal: false } }, { fields: { attempt: 2 } }])
  })

  test('is superseded by a later job of its page that succeeds', async () => {
    const { attempt, arrive, rows } = createRun()
    await attempt(refused(permanent))
    arrive('e3')
    await attempt(planned())
    expect(rows('SELECT state, outcome FROM job ORDER BY id')).toEqual([
      { state: 'completed', outcome: 'superseded' },
      { state: 'completed', outcome: 'written' },
    ])
  })
})

describe('a change that could be had in part', () => {
  const partly = (failure: Failure) => planned({ change: removal('p'), failure })

  test('is applied, and tried again for the rest', async () => {
    const { attempt, applier } = createRun()
    expect(await attempt(partly(transient))).toBe(2_250)
    expect(applier.steps).toStrictEqual(['journal p from 0', 'apply p from 0', 'finish p from 0'])
    expect(await attempt(planned({ change: removal('p', 1) }))).toBeNull()
    expect(applier.steps.at(-1)).toBe('finish p from 1')
  })

  test('is applied though the job is failed', async () => {
    const { attempt, applier, jobs } = createRun()
    await attempt(partly(permanent))
    expect(applier.steps).toContain('finish p from 0')
    expect(jobs.counts().failed).toBe(1)
  })
})

describe('an attempt that ran into a trouble of all', () => {
  test('is neither stored nor counted as a failure; what was applied of it counts all the same', async () => {
    const { attempt, applier, rows, told, log, state } = createRun(0)
    state.sharedBy = []
    expect(await attempt(planned({ change: removal('p'), failure: transient }))).toBe(0)
    expect(applier.steps.at(-1)).toBe('finish p from 0')
    expect(rows('SELECT state, failed_attempts, reason FROM job')).toEqual([
      { state: 'waiting', failed_attempts: 0, reason: null },
    ])
    expect(rows('SELECT * FROM attempt')).toEqual([])
    expect(told).toStrictEqual([{ what: 'postponed', events: 0, durationMs: 0 }])
    expect(log.lines).toMatchObject([{ level: 'info', fields: { code: 'service_unavailable' } }])
  })
})

test('the trouble of all takes back what it made fail before: each of those events once, though it is stored again', async () => {
  const { arrive, attempt, clock, jobs, run, state, told } = createRun(0)
  await attempt(refused(transient))
  arrive('e3')
  state.sharedBy = [1]
  state.refusals = 1
  state.result = refused(transient)
  const ended = run(claimOne(jobs, clock.now()))
  await clock.nextTimer()
  clock.advance(1_000)
  await ended
  expect(told).toMatchObject([
    { what: 'failed', events: 2 },
    { what: 'postponed', events: 2 },
  ])
  expect(jobs.counts()).toMatchObject({ failed: 0, waiting: 1 })
  expect(claimOne(jobs, clock.now())).toMatchObject({ eventCount: 3, failedAttempts: 0 })
})

describe('an event that comes during an attempt', () => {
  test('joins the delayed job when the attempt failed, and makes a job of its own when it was the last', async () => {
    const { arrive, clock, jobs, run, state } = createRun(1)
    state.result = refused(transient)
    for (const [id, expected] of [
      ['e3', { waiting: 0, delayed: 1, failed: 0 }],
      ['e4', { waiting: 1, delayed: 0, failed: 1 }],
    ] as const) {
      clock.advance(60_000)
      const ended = run(claimOne(jobs, clock.now()))
      arrive(id)
      await ended
      expect(jobs.counts()).toMatchObject(expected)
    }
    expect(claimOne(jobs, clock.now())).toMatchObject({ eventId: 'e4', eventCount: 1, failedAttempts: 0 })
  })
})

describe('an outcome that the disk refuses to store', () => {
  test('is tried again every second until it is stored, and told once each time', async () => {
    const { clock, jobs, run, state, told, log } = createRun()
    state.refusals = 2
    const ended = run(claimOne(jobs, clock.now()))
    for (let refusal = 0; refusal < 2; refusal += 1) {
      await clock.nextTimer()
      expect(jobs.counts().active).toBe(1)
      clock.advance(1_000)
    }
    await ended
    expect(jobs.counts()).toMatchObject({ active: 0, completed: 1 })
    expect(told).toStrictEqual([{ what: 'processed', events: 2, durationMs: PLANNING_MS }])
    expect(log.lines.filter(({ level }) => level === 'error')).toHaveLength(2)
  })

  test('of one folder stays told while jobs elsewhere succeed, until the one that it stopped has got past it', async () => {
    const { attempt, clock, jobs, run, state, store, troubles } = createRun()
    const denied = { kind: 'transient', code: 'EACCES', message: 'The disk refuses: EACCES.' } as const
    await attempt(refused(denied))
    expect(troubles.at(-1)).toBe(denied.message)
    store.enqueue(pageEvent('elsewhere', 2, clock.now()), page(2))
    state.result = planned()
    await run(claimOne(jobs, clock.now()))
    expect(troubles.at(-1)).toBe(denied.message)
    await attempt(planned())
    expect(troubles.at(-1)).toBeNull()
  })

  test('is no trouble any more once it is stored, whatever the outcome was', async () => {
    const { clock, jobs, run, state, troubles } = createRun()
    state.refusals = 1
    state.result = refused(transient)
    const ended = run(claimOne(jobs, clock.now()))
    await clock.nextTimer()
    expect(troubles).toEqual([expect.stringMatching(/^Outcomes cannot be stored: the disk is full\./)])
    clock.advance(1_000)
    await ended
    expect(troubles.at(-1)).toBeNull()
  })

  test('is left to the next start when the program is ending', async () => {
    const { clock, jobs, run, state, told } = createRun()
    state.refusals = 1
    const ended = run(claimOne(jobs, clock.now()))
    state.isEnding = true
    await expect(ended).resolves.toBeUndefined()
    expect(jobs.counts().active).toBe(1)
    expect(told).toStrictEqual([])
  })
})

test('an attempt that is interrupted leaves the job active, for the next start, and counts as nothing', async () => {
  const { clock, jobs, run, state, rows, told } = createRun()
  state.isEnding = true
  await run(claimOne(jobs, clock.now()))
  expect(jobs.counts()).toMatchObject({ active: 1, waiting: 0, delayed: 0, failed: 0 })
  expect(rows('SELECT * FROM attempt')).toStrictEqual([])
  expect(told).toStrictEqual([])
  expect(jobs.recover(clock.now())).toBe(1)
  expect(claimOne(jobs, clock.now())).toMatchObject({ eventCount: 2, failedAttempts: 0 })
})
