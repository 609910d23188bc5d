import { describe, expect, onTestFinished, test } from 'vitest'
import { type CrewOptions, createCrewAtQueue } from '../../support/crew-at-queue.ts'
import { transient } from '../../support/job-making.ts'
import { createManualClock } from '../../support/manual-clock.ts'
import { planned, refused } from '../../support/planning.ts'
import { createQueueFile } from '../../support/queue-file.ts'

const numbers = (from: number, count: number): readonly number[] =>
  Array.from({ length: count }, (_, index) => from + index)

/** Many pages that Notion fails for, while it answers every probe; an attempt takes as long as the budget gives it. */
const createRun = (options: CrewOptions & { readonly poisonous: number }) => {
  const { database } = createQueueFile()
  const clock = createManualClock()
  const crew = createCrewAtQueue(database, clock, { concurrency: 4, ...options })
  onTestFinished(crew.flow.stop)
  const poisonous = numbers(1, options.poisonous)
  for (const number of poisonous) crew.comesTo(number, () => refused(transient))
  const secondsUntilDone = async (number: number): Promise<number> => {
    for (let seconds = 0; seconds < 3_600; seconds += 1) {
      if (crew.attempted.includes(number)) return seconds
      await crew.pass(1_000)
    }
    return Number.POSITIVE_INFINITY
  }
  return { ...crew, clock, poisonous, secondsUntilDone }
}

describe('sixty pages that Notion fails for, while it answers every probe,', () => {
  test('hold a good page that came after them up for seconds', async () => {
    const { arrive, poisonous, secondsUntilDone } = createRun({ poisonous: 60 })
    arrive(...poisonous, 100)
    expect(await secondsUntilDone(100)).toBeLessThanOrEqual(30)
  })

  test('hold no good page up that comes while they are tried again', async () => {
    const { arrive, pass, poisonous, secondsUntilDone } = createRun({ poisonous: 60 })
    arrive(...poisonous)
    for (const good of numbers(100, 10)) {
      await pass(20_000)
      arrive(good)
      expect(await secondsUntilDone(good)).toBeLessThanOrEqual(30)
    }
  })

  test('end in front of a person within minutes, each for its own attempts', async () => {
    const { arrive, pass, poisonous, queue, rows, flow } = createRun({ poisonous: 60, retryAttempts: 3 })
    arrive(...poisonous)
    await pass(300_000)
    expect(queue.jobs.counts()).toMatchObject({ failed: 60, waiting: 0, delayed: 0, active: 0 })
    expect(rows('SELECT DISTINCT failed_attempts AS spent FROM job')).toEqual([{ spent: 4 }])
    expect(flow.hold()).toBeNull()
  })
})

describe('a Notion that fails for every page', () => {
  test('and answers the probe makes no job fail within a minute, and each is done when it is over', async () => {
    const { arrive, comesTo, pass, poisonous, queue, counted } = createRun({ poisonous: 6, retryAttempts: 3 })
    arrive(...poisonous)
    await pass(60_000)
    expect(queue.jobs.counts()).toMatchObject({ failed: 0 })
    for (const number of poisonous) comesTo(number, () => planned())
    await pass(120_000)
    expect(counted).toMatchObject({ completed: 6, failed: 0 })
  })

  test('and then for the probe as well costs nothing more, though every page was a suspect before', async () => {
    const { arrive, pass, poisonous, probe, queue, rows } = createRun({ poisonous: 6, retryAttempts: 0 })
    arrive(...poisonous)
    await pass(100)
    probe.answer = transient
    await pass(600_000)
    expect(queue.jobs.counts()).toMatchObject({ failed: 0, waiting: 6 })
    expect(rows('SELECT DISTINCT failed_attempts AS spent FROM job')).toEqual([{ spent: 0 }])
  })
})

describe('a Notion that gives nobody a page, and can say who we are,', () => {
  const MINUTE = 60_000

  /** Some pages came and were given; then ten others come, and Notion fails for every page. */
  const fallsIll = async (givenPages = 10, options: CrewOptions = {}) => {
    const run = createRun({ poisonous: 10, retryAttempts: 3, ...options })
    const given = numbers(100, givenPages)
    run.arrive(...given)
    await run.pass(1_000)
    run.probe.witness = transient
    run.arrive(...run.poisonous)
    await run.pass(1_000)
    return { ...run, given }
  }

  test('costs no job an attempt, as any outage: a page that it gave before is asked for too', async () => {
    const { comesTo, pass, poisonous, probe, given, flow, rows, counted } = await fallsIll()
    await pass(9 * MINUTE)
    expect(flow.hold()).toMatchObject({ kind: 'outage', outage: 'failing' })
    expect(rows(`SELECT DISTINCT failed_attempts AS spent FROM job WHERE state <> 'completed'`)).toEqual([{ spent: 0 }])
    expect(given).toEqual(expect.arrayContaining(probe.asked))
    for (const number of poisonous) comesTo(number, () => planned())
    probe.witness = null
    await pass(MINUTE)
    expect(counted).toMatchObject({ completed: 20, failed: 0 })
  })

  test('costs none however long it lasts, and the queue goes on by itself', async () => {
    const { comesTo, pass, poisonous, probe, queue, rows, counted } = await fallsIll()
    await pass(60 * MINUTE)
    expect(queue.jobs.counts()).toMatchObject({ failed: 0 })
    expect(rows(`SELECT DISTINCT failed_attempts AS spent FROM job WHERE state <> 'completed'`)).toEqual([{ spent: 0 }])
    for (const number of poisonous) comesTo(number, () => planned())
    probe.witness = null
    await pass(2 * MINUTE)
    expect(counted).toMatchObject({ completed: 20, failed: 0 })
  })

  test('costs none after a restart either: pages that are held are asked for', async () => {
    const { pass, probe, queue } = await fallsIll(0, { held: numbers(200, 5) })
    await pass(20 * MINUTE)
    expect(queue.jobs.counts()).toMatchObject({ failed: 0 })
    expect([...new Set(probe.asked)].toSorted()).toEqual(numbers(200, 5))
  })

  test('costs none where the pages that it gave are the ones that it fails for now', async () => {
    const { arrive, comesTo, pass, given, queue } = await fallsIll(5)
    for (const number of given) comesTo(number, () => refused(transient))
    arrive(...given)
    await pass(20 * MINUTE)
    expect(queue.jobs.counts()).toMatchObject({ failed: 0 })
  })

  test('holds the queue up for ten minutes at most where only two pages say so: they may be ill themselves', async () => {
    const { pass, queue, flow, arrive, secondsUntilDone } = await fallsIll(2)
    await pass(12 * MINUTE)
    arrive(200)
    expect(await secondsUntilDone(200)).toBeLessThanOrEqual(60)
    await pass(5 * MINUTE)
    expect(queue.jobs.counts()).toMatchObject({ failed: 10, waiting: 0, delayed: 0 })
    expect(flow.hold()).toBeNull()
  })

  test('is not believed of a page that it says is gone: that is an answer', async () => {
    const { pass, probe, flow } = await fallsIll()
    probe.witness = { kind: 'permanent', code: 'object_not_found', message: 'It is gone.' }
    await pass(MINUTE)
    expect(flow.hold()).toBeNull()
  })
})
