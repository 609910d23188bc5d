import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import type { PlanResult } from '../../../electron/engine/processors/planned.ts'
import { createCrewAtQueue } from '../../support/crew-at-queue.ts'
import { endOfTurn } from '../../support/end-of-turn.ts'
import { transient } from '../../support/job-making.ts'
import { createManualClock } from '../../support/manual-clock.ts'
import { notionId } from '../../support/notion-ids.ts'
import { planned, refused } from '../../support/planning.ts'
import { createQueueFile } from '../../support/queue-file.ts'

const PROBE_MS = 30_000
const HOUR_MS = 3_600_000

/** Turns in which all that a moment leads to has happened: claim, attempt, its commit, and the next claim. */
const TURNS = 8

interface World {
  readonly concurrency: number
  readonly retryAttempts: number
}

/** Pages from 1 to 99 fail as long as they are said to; those from 100 on are served. */
const createRun = (world: World) => {
  const { database } = createQueueFile()
  const clock = createManualClock()
  const crew = createCrewAtQueue(database, clock, world)
  return {
    ...crew,
    clock,
    failAfter: (page: number, delayMs: number): void => {
      crew.comesTo(page, async (): Promise<PlanResult> => {
        if (delayMs > 0) await clock.sleep(delayMs)
        return refused(transient)
      })
    },
    pass: async (ms: number): Promise<void> => {
      clock.advance(ms)
      for (let turn = 0; turn < TURNS; turn += 1) await endOfTurn()
    },
    /** Failed attempts of each job, in the order of the pages. */
    spent: () => crew.rows('SELECT entity, state, failed_attempts AS spent FROM job ORDER BY entity, id'),
  }
}

const world = {
  concurrency: fc.integer({ min: 1, max: 6 }),
  retryAttempts: fc.integer({ min: 0, max: 3 }),
}

const times = (count: number): readonly number[] => Array.from({ length: count }, (_, index) => index + 1)

describe('while Notion answers every probe', () => {
  const arbitrary = fc.record({
    ...world,
    failing: fc.array(fc.constantFrom(0, 0, 1_000, 20_000, 59_000), { minLength: 1, maxLength: 7 }),
    /** A page that is served changes this often; null: there is none. */
    servedEveryMs: fc.constantFrom(null, 2_000, 11_000, 45_000),
  })

  test('pages that fail for good end as failed jobs in bounded attempts, and hold up no other for good', async () => {
    await fc.assert(
      fc.asyncProperty(arbitrary, async ({ failing, servedEveryMs, ...options }) => {
        const { arrive, attempted, failAfter, pass, queue, spent, flow, clock } = createRun(options)
        const pages = times(failing.length)
        const attemptsMost = 1 + options.retryAttempts
        for (const page of pages) failAfter(page, failing[page - 1] ?? 0)
        arrive(...pages)
        const endAt = clock.now() + HOUR_MS
        for (let nth = 0; queue.jobs.counts().failed < pages.length && clock.now() < endAt; nth += 1) {
          if (servedEveryMs !== null && (nth * 1_000) % servedEveryMs === 0) arrive(100 + (nth % 3))
          await pass(1_000)
        }
        await pass(PROBE_MS)
        await pass(PROBE_MS)
        const states = spent().filter(({ entity }) => pages.some((page) => String(entity).endsWith(notionId(page))))
        expect(states.map(({ state, spent: paid }) => [state, paid])).toEqual(pages.map(() => ['failed', attemptsMost]))
        for (const page of pages) {
          expect(attempted.filter((number) => number === page).length).toBeLessThanOrEqual(2 * attemptsMost)
        }
        expect(queue.jobs.counts()).toMatchObject({ waiting: 0, delayed: 0, active: 0, failed: pages.length })
        expect(flow.hold()).toBeNull()
        flow.stop()
      }),
      { numRuns: 40 },
    )
  })
})

describe('when Notion fails for the probe as well', () => {
  const arbitrary = fc.record({
    concurrency: world.concurrency,
    /** So many that no job is out of attempts before. */
    retryAttempts: fc.integer({ min: 12, max: 20 }),
    failing: fc.integer({ min: 0, max: 7 }),
    /** So long they fail while it answers probes. */
    contradictedMs: fc.integer({ min: 0, max: 300_000 }),
    new: fc.integer({ min: 3, max: 7 }),
  })

  test('nothing is charged that failed since the last answer, whoever was a suspect before', async () => {
    await fc.assert(
      fc.asyncProperty(arbitrary, async ({ failing, contradictedMs, new: added, ...options }) => {
        const { arrive, comesTo, failAfter, pass, probe, spent, flow, queue, counted } = createRun(options)
        const pages = times(failing)
        const others = times(added).map((nth) => 50 + nth)
        for (const page of [...pages, ...others]) failAfter(page, 0)
        arrive(...pages)
        let known = spent()
        let probes = 0
        for (let passedMs = 0; passedMs < contradictedMs; passedMs += 1_000) {
          // The queue is held until the answer: what was spent just before it is what was spent at its time.
          const before = spent()
          await pass(1_000)
          if (probe.count > probes) known = before
          probes = probe.count
        }
        const paid = new Map(known.map((row) => [row['entity'], row['spent']]))

        probe.answer = transient
        arrive(...others)
        await pass(1_000)
        expect(flow.hold()).toMatchObject({ kind: 'outage', outage: 'failing' })
        for (let nth = 1; nth <= 20; nth += 1) {
          await pass(PROBE_MS)
          for (const row of spent()) expect(row['spent']).toBe(paid.get(row['entity']) ?? 0)
        }

        probe.answer = null
        for (const page of [...pages, ...others]) comesTo(page, () => planned())
        for (let nth = 1; nth <= 60; nth += 1) await pass(1_000)
        expect(queue.jobs.counts()).toMatchObject({ waiting: 0, delayed: 0, active: 0, failed: 0 })
        expect(counted.completed).toBe(pages.length + others.length)
        flow.stop()
      }),
      { numRuns: 40 },
    )
  })

  test('a suspect that it had already made fail for good is sent round again, its events no longer failed', async () => {
    const { arrive, failAfter, pass, probe, spent, queue, counted, flow } = createRun({
      concurrency: 1,
      retryAttempts: 0,
    })
    for (const page of [1, 2, 3]) failAfter(page, 0)
    arrive(1, 2, 3)
    await pass(1_000)
    expect(queue.jobs.counts()).toMatchObject({ waiting: 3, failed: 0 })
    await pass(PROBE_MS)
    expect(queue.jobs.counts()).toMatchObject({ waiting: 0, failed: 3 })
    expect(counted.failed).toBe(5)
    probe.answer = transient
    await pass(PROBE_MS)
    expect(queue.jobs.counts()).toMatchObject({ waiting: 3, failed: 0 })
    expect(spent().map((row) => row['spent'])).toEqual([0, 0, 0])
    expect(counted.refunded).toBe(3)
    flow.stop()
  })
})
