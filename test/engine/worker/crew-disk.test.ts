import { describe, expect, test } from 'vitest'
import type { PlanResult } from '../../../electron/engine/processors/planned.ts'
import { type CrewOptions, createCrewAtQueue } from '../../support/crew-at-queue.ts'
import { endOfTurn } from '../../support/end-of-turn.ts'
import { transient } from '../../support/job-making.ts'
import { createManualClock } from '../../support/manual-clock.ts'
import { planned, refused } from '../../support/planning.ts'
import { createQueueFile } from '../../support/queue-file.ts'

const coded = (code: string): Error => Object.assign(new Error(`${code}: it refuses`), { code })
const FULL = coded('ENOSPC')
const MINE = coded('EACCES')

/** Attempts meet the disk as the probe does, but for pages that meet an error of their own. */
const createRun = (options: CrewOptions = {}) => {
  const { database } = createQueueFile()
  const clock = createManualClock()
  const crew = createCrewAtQueue(database, clock, options)
  const meets = (number: number, error: () => Error | null): void => {
    crew.comesTo(number, async (): Promise<PlanResult> => {
      const thrown = error()
      if (thrown !== null) throw thrown
      return planned()
    })
  }
  for (const number of [1, 2, 3]) meets(number, () => crew.disk.refusal)
  return { ...crew, clock, meets }
}

const SPENT = 'SELECT count(*) AS attempts, (SELECT sum(failed_attempts) FROM job) AS failed FROM attempt'
const NOTHING = [{ attempts: 0, failed: 0 }]

describe('while the disk refuses everybody', () => {
  test('the queue pauses with the first attempt, which is nowhere, and says since when and why', async () => {
    const { arrive, rest, pass, attempted, counted, disk, flow, rows, clock, troubles } = createRun()
    disk.refusal = FULL
    const since = clock.now()
    arrive(1, 2, 3)
    await rest()
    await pass(25_000)
    expect(attempted).toEqual([1])
    expect(flow.hold()).toEqual({ kind: 'disk', since, message: expect.stringContaining('ENOSPC: it refuses') })
    expect(rows('SELECT DISTINCT state, failed_attempts, reason FROM job')).toEqual([
      { state: 'waiting', failed_attempts: 0, reason: null },
    ])
    expect(rows(SPENT)).toEqual(NOTHING)
    expect(counted).toEqual({ completed: 0, failed: 0, delayed: 0, postponed: 1, refunded: 0 })
    expect(troubles.get('working')).toBeNull()
  })

  test.each([0, 3])('for an hour, it costs nothing but time (retry_attempts: %i)', async (retryAttempts) => {
    const { arrive, rest, pass, attempted, counted, disk, flow, probe, rows } = createRun({ retryAttempts })
    disk.refusal = FULL
    arrive(1, 2, 3)
    await rest()
    await pass(3_600_000)
    expect({ disk: disk.probes, notion: probe.count }).toEqual({ disk: 120, notion: 0 })
    expect(attempted).toEqual([1])
    disk.refusal = null
    await pass(30_000)
    expect(flow.hold()).toBeNull()
    expect(attempted.toSorted()).toEqual([1, 1, 2, 3])
    expect(counted).toMatchObject({ completed: 3, failed: 0, delayed: 0 })
    expect(rows(SPENT)).toEqual(NOTHING)
    await pass(120_000)
    expect(disk.probes).toBe(121)
  })

  test('what was under way is as free, and what it could not do otherwise is told by its own failure', async () => {
    const { arrive, meets, rest, counted, disk, rows } = createRun({ concurrency: 3 })
    disk.refusal = FULL
    meets(3, () => MINE)
    arrive(1, 2, 3)
    await rest()
    expect(counted).toMatchObject({ postponed: 2, delayed: 1 })
    expect(rows('SELECT job_id, code FROM attempt')).toEqual([{ job_id: 3, code: 'EACCES' }])
  })

  test('the hold goes on with the newest words of the disk', async () => {
    const { arrive, rest, pass, disk, flow } = createRun()
    disk.refusal = FULL
    arrive(1)
    await rest()
    disk.refusal = coded('EROFS')
    await pass(30_000)
    expect(flow.hold()).toMatchObject({ kind: 'disk', message: expect.stringContaining('Make it writable again.') })
  })

  test('a probe that is refused for one folder’s sake opens the queue: that speaks to each job by itself', async () => {
    const { arrive, rest, pass, disk, flow, counted } = createRun()
    disk.refusal = FULL
    arrive(1)
    await rest()
    disk.refusal = MINE
    await pass(30_000)
    expect(flow.hold()).toBeNull()
    expect(counted).toMatchObject({ delayed: 1 })
  })

  test('a Notion that fails as well holds the queue on when the disk has room, and the other way round', async () => {
    const { arrive, comesTo, disk, pass, probe, flow } = createRun({ concurrency: 2 })
    const late = Promise.withResolvers<PlanResult>()
    disk.refusal = FULL
    comesTo(2, () => late.promise)
    arrive(1, 2)
    await endOfTurn()
    await endOfTurn()
    const unreachable = { ...transient, code: 'unreachable' }
    late.resolve(refused(unreachable))
    probe.answer = unreachable
    await pass(1_000)
    expect(flow.hold()).toMatchObject({ kind: 'disk' })
    disk.refusal = null
    await pass(30_000)
    expect(flow.hold()).toMatchObject({ kind: 'outage', outage: 'offline' })
    comesTo(2, () => planned())
    probe.answer = null
    await pass(30_000)
    expect(flow.hold()).toBeNull()
  })
})

describe('a disk that takes every probe', () => {
  test('and goes on refusing one page makes that page fail in the end, and holds up no other for good', async () => {
    const { arrive, meets, rest, pass, counted, disk, flow, queue } = createRun({ retryAttempts: 2 })
    meets(1, () => FULL)
    arrive(1, 2)
    await rest()
    await pass(300_000)
    expect(queue.jobs.counts()).toMatchObject({ failed: 1, completed: 1 })
    expect(counted).toMatchObject({ postponed: 1, delayed: 2, failed: 1 })
    expect(flow.hold()).toBeNull()
    expect(disk.probes).toBe(4)
  })

  test('gives back what that page paid when it refuses the next probe as well', async () => {
    const { arrive, meets, rest, pass, disk, queue, rows, counted } = createRun({ retryAttempts: 0 })
    meets(1, () => FULL)
    arrive(1)
    await rest()
    await pass(30_000)
    expect(queue.jobs.counts()).toMatchObject({ failed: 1 })
    disk.refusal = FULL
    await pass(31_000)
    expect(queue.jobs.counts()).toMatchObject({ failed: 0, waiting: 1 })
    expect(counted.refunded).toBe(1)
    expect(rows(SPENT)).toEqual(NOTHING)
  })
})

describe('a disk that refuses one file or folder', () => {
  test('holds up nobody; its job pays, and that it waits is told until its next attempt', async () => {
    const { arrive, meets, rest, pass, counted, flow, troubles } = createRun()
    const errors = [MINE, MINE]
    meets(1, () => errors.shift() ?? null)
    arrive(1)
    await rest()
    expect(flow.hold()).toBeNull()
    expect(troubles.get('working')).toContain('EACCES')
    await pass(2_000)
    expect(troubles.get('working')).toContain('EACCES')
    await pass(4_000)
    expect(troubles.get('working')).toBeNull()
    expect(counted).toMatchObject({ completed: 1, delayed: 2, postponed: 0 })
  })

  test('is told by the failed job alone once that is final: discarded, nothing of it stays', async () => {
    const { arrive, meets, rest, pass, queue, troubles } = createRun({ retryAttempts: 1 })
    meets(1, () => MINE)
    arrive(1)
    await rest()
    await pass(2_000)
    expect(queue.jobs.counts()).toMatchObject({ failed: 1 })
    expect(troubles.get('working')).toBeNull()
  })
})
