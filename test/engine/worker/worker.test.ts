import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { createWorker, type WorkerPorts } from '../../../electron/engine/worker/worker.ts'
import { endOfTurn } from '../../support/end-of-turn.ts'
import { createManualClock } from '../../support/manual-clock.ts'
import { createRecordedLog } from '../../support/recorded-log.ts'

/** A worker on a queue of numbers; each runs until the test ends it. */
const createRun = (concurrency: number, ports: Partial<WorkerPorts<number>> = {}) => {
  const clock = createManualClock()
  const log = createRecordedLog()
  const waiting: { readonly job: number; readonly dueAt: number }[] = []
  const running = new Map<number, PromiseWithResolvers<undefined>>()
  const planned = new Map<number, () => void>()
  const started: number[] = []
  const troubles: (string | null)[] = []
  const state = { most: 0, claims: 0, changes: 0 }
  const worker = createWorker<number>(
    {
      claim: async (limit) => {
        state.claims += 1
        const due = waiting.filter(({ dueAt }) => dueAt <= clock.now()).slice(0, limit)
        for (const entry of due) waiting.splice(waiting.indexOf(entry), 1)
        return due.map(({ job }) => job)
      },
      nextDueAt: () => waiting.map(({ dueAt }) => dueAt).toSorted((a, b) => a - b)[0] ?? null,
      run: (job, onPlanned) => {
        started.push(job)
        planned.set(job, onPlanned)
        const end = Promise.withResolvers<undefined>()
        running.set(job, end)
        state.most = Math.max(state.most, running.size)
        return end.promise
      },
      onTrouble: (message) => troubles.push(message),
      onChange: () => {
        state.changes += 1
      },
      ...ports,
    },
    concurrency,
    clock,
    log,
  )
  const add = (job: number, afterMs = 0): void => {
    waiting.push({ job, dueAt: clock.now() + afterMs })
    worker.wake()
  }
  const end = async (job: number, error?: Error): Promise<void> => {
    const attempt = running.get(job)
    running.delete(job)
    if (error === undefined) attempt?.resolve(undefined)
    else attempt?.reject(error)
    await endOfTurn()
  }
  /** The job asks nothing more of Notion. */
  const plan = async (job: number): Promise<void> => {
    planned.get(job)?.()
    await endOfTurn()
  }
  return { worker, clock, log, state, troubles, started, running, add, plan, end }
}

describe('a job that only waits for the disk', () => {
  test('leaves its place to the next one, once', async () => {
    const { started, running, add, plan, end } = createRun(2)
    for (let job = 0; job < 6; job += 1) add(job)
    await endOfTurn()
    await plan(0)
    await plan(0)
    expect(started).toStrictEqual([0, 1, 2])
    await end(0)
    expect(started).toStrictEqual([0, 1, 2])
    await end(1)
    expect(started).toStrictEqual([0, 1, 2, 3])
    expect(running.size).toBe(2)
  })

  test('is one of 48 at most: a disk that stands still holds up the rest', async () => {
    const { started, add, plan, end } = createRun(4)
    for (let job = 0; job < 60; job += 1) add(job)
    await endOfTurn()
    for (let job = 0; job < started.length; job += 1) await plan(job)
    expect(started).toHaveLength(48)
    await end(7)
    expect(started).toHaveLength(49)
  })
})

describe('claiming', () => {
  test('never leads to more jobs at once than allowed, and every job is run once', async () => {
    const order = fc.array(fc.nat({ max: 100 }), { minLength: 60, maxLength: 60 })
    await fc.assert(
      fc.asyncProperty(
        fc.integer({ min: 1, max: 6 }),
        fc.integer({ min: 0, max: 30 }),
        order,
        async (most, count, picks) => {
          const { worker, state, started, running, add, end } = createRun(most)
          for (let job = 0; job < count; job += 1) {
            add(job)
            const pick = picks[job] ?? 0
            if (pick % 3 === 0) await endOfTurn()
            if (pick % 5 === 0) worker.wake()
          }
          await endOfTurn()
          expect(running.size).toBe(Math.min(most, count))
          for (let index = 30; running.size > 0; index += 1) {
            const jobs = [...running.keys()]
            await end(jobs[(picks[index % 60] ?? 0) % jobs.length] ?? -1)
          }
          expect(state.most).toBeLessThanOrEqual(most)
          expect(started.toSorted((a, b) => a - b)).toStrictEqual(Array.from({ length: count }, (_, job) => job))
          expect(worker.isResting()).toBe(true)
        },
      ),
      { numRuns: 50 },
    )
  })

  test('does not happen while all are busy; the end of one makes room for the next', async () => {
    const { state, started, add, end } = createRun(1)
    add(1)
    await endOfTurn()
    add(2)
    add(3)
    await endOfTurn()
    expect({ started, claims: state.claims }).toStrictEqual({ started: [1], claims: 1 })
    await end(1)
    expect(started).toStrictEqual([1, 2])
  })

  test('happens again when something became due while a claim was under way', async () => {
    const first = Promise.withResolvers<readonly number[]>()
    const answers = [first.promise, Promise.resolve([7])]
    const { worker, started } = createRun(2, {
      claim: () => answers.shift() ?? Promise.resolve([]),
      nextDueAt: () => (answers.length > 0 ? 0 : null),
    })
    worker.wake()
    worker.wake()
    first.resolve([])
    await endOfTurn()
    expect(started).toStrictEqual([7])
  })

  test('is left out while nothing is due, but for once a minute: a clock may have been set back', async () => {
    const { worker, clock, state, started, add } = createRun(2)
    add(1, 5_000)
    await endOfTurn()
    expect(state.claims).toBe(1)
    for (let wake = 0; wake < 5; wake += 1) {
      worker.wake()
      await endOfTurn()
    }
    expect(state.claims).toBe(1)
    clock.advance(5_000)
    await endOfTurn()
    expect(started).toStrictEqual([1])
    add(2, 24 * 3_600_000)
    await endOfTurn()
    const { claims } = state
    clock.advance(60_000)
    await endOfTurn()
    expect(state.claims).toBe(claims + 1)
    expect(started).toStrictEqual([1])
  })

  test('is tried again after a second when it fails, and told', async () => {
    let isBroken = true
    const { worker, clock, log, started } = createRun(1, {
      claim: async () => {
        if (isBroken) throw new Error('the disk is full')
        return started.length === 0 ? [7] : []
      },
    })
    worker.wake()
    await endOfTurn()
    expect(log.lines).toMatchObject([{ level: 'error', fields: { error: 'the disk is full' } }])
    isBroken = false
    clock.advance(999)
    await endOfTurn()
    expect(started).toStrictEqual([])
    clock.advance(1)
    await endOfTurn()
    expect(started).toStrictEqual([7])
  })
})

describe('a job that is due later', () => {
  test('is claimed at its time, without anybody asking', async () => {
    const { clock, started, state, add } = createRun(2)
    add(1, 5_000)
    await endOfTurn()
    clock.advance(4_999)
    await endOfTurn()
    expect({ started, claims: state.claims }).toStrictEqual({ started: [], claims: 1 })
    clock.advance(1)
    await endOfTurn()
    expect(started).toStrictEqual([1])
  })

  test('does not keep a sooner one waiting, nor the other way round', async () => {
    const { clock, started, add, end } = createRun(2)
    add(1, 60_000)
    await endOfTurn()
    add(2, 1_000)
    await endOfTurn()
    clock.advance(1_000)
    await endOfTurn()
    await end(2)
    clock.advance(59_000)
    await endOfTurn()
    expect(started).toStrictEqual([2, 1])
  })

  test('leaves the worker at rest until then, with one timer', async () => {
    const { worker, clock, state, add } = createRun(2)
    add(1, 60_000)
    await endOfTurn()
    add(2, 30_000)
    await endOfTurn()
    expect(worker.isResting()).toBe(true)
    expect(clock.dueTimes()).toStrictEqual([clock.now() + 30_000])
    expect(state.changes).toBeGreaterThan(0)
  })
})

describe('the end of a job', () => {
  test('is told, when nothing is left as well', async () => {
    const { worker, state, add, end } = createRun(2)
    add(1)
    await endOfTurn()
    expect(worker.isResting()).toBe(false)
    const before = state.changes
    await end(1)
    expect(state.changes).toBeGreaterThan(before)
    expect(worker.isResting()).toBe(true)
  })

  test('without an outcome is logged, and the next job is run all the same', async () => {
    const { log, started, add, end } = createRun(1)
    add(1)
    add(2)
    await endOfTurn()
    await end(1, new Error('the disk is gone'))
    expect(log.lines).toMatchObject([{ level: 'error', fields: { error: 'the disk is gone' } }])
    expect(started).toStrictEqual([1, 2])
  })
})

describe('draining', () => {
  test('waits for what runs, and claims nothing more', async () => {
    const { worker, clock, started, running, add, end } = createRun(2)
    for (const job of [1, 2, 3]) add(job)
    add(4, 1_000)
    await endOfTurn()
    let isDrained = false
    const drained = worker.drain().then(() => {
      isDrained = true
    })
    await end(1)
    clock.advance(60_000)
    worker.wake()
    await endOfTurn()
    expect({ isDrained, started }).toStrictEqual({ isDrained: false, started: [1, 2] })
    await end(2)
    await drained
    expect(running.size).toBe(0)
    expect(clock.dueTimes()).toStrictEqual([])
  })

  test('runs to its end what was being claimed when it began', async () => {
    const claimed = Promise.withResolvers<readonly number[]>()
    const { worker, started, end } = createRun(2, { claim: () => claimed.promise })
    worker.wake()
    let isDrained = false
    const drained = worker.drain().then(() => {
      isDrained = true
    })
    claimed.resolve([7])
    await endOfTurn()
    expect({ isDrained, started }).toStrictEqual({ isDrained: false, started: [7] })
    await end(7)
    await drained
  })

  test('is done at once where nothing runs, and a second time', async () => {
    const { worker } = createRun(2)
    await worker.drain()
    await worker.drain()
    expect(worker.isResting()).toBe(true)
  })
})
