import { describe, expect, test } from 'vitest'
import type { DatabaseFileOutcome } from '../../../electron/engine/cache/database-file.ts'
import type { DatabaseFiles } from '../../../electron/engine/cache/database-files.ts'
import { createDatabaseKeeper } from '../../../electron/engine/cache/database-keeper.ts'
import { endOfTurn } from '../../support/end-of-turn.ts'
import { createManualClock } from '../../support/manual-clock.ts'
import { createRecordedLog } from '../../support/recorded-log.ts'

/** Database files whose writing takes the time, and has the end, that the test says. */
const keeperWith = () => {
  const clock = createManualClock()
  const log = createRecordedLog()
  const dirty = new Set<string>()
  const startedAtMs: number[] = []
  const written: string[] = []
  let tookMs = 0
  let end: (id: string) => DatabaseFileOutcome | Error = () => 'written'
  let held: Promise<unknown> = Promise.resolve()
  const files: DatabaseFiles = {
    dirty: () => [...dirty],
    exists: () => Promise.resolve(true),
    fileOf: (id) => `/cache/${id}.json`,
    finishRenamings: async () => undefined,
    write: async (id) => {
      startedAtMs.push(clock.monotonicMs())
      await held
      clock.advance(tookMs)
      const outcome = end(id)
      if (outcome instanceof Error) throw outcome
      if (outcome === 'written') {
        dirty.delete(id)
        written.push(id)
      }
      return outcome
    },
  }
  const keeper = createDatabaseKeeper(files, clock, log)
  return {
    keeper,
    clock,
    log,
    startedAtMs,
    written,
    change: (id: string) => {
      dirty.add(id)
      keeper.wake()
    },
    advance: async (ms: number) => {
      clock.advance(ms)
      await endOfTurn()
    },
    take: (ms: number) => {
      tookMs = ms
    },
    endWith: (how: typeof end) => {
      end = how
    },
    hold: () => {
      const hold = Promise.withResolvers<undefined>()
      held = hold.promise
      return () => {
        hold.resolve(undefined)
      }
    },
  }
}

describe('when files are written', () => {
  test('the first change at once, later ones at most once a second', async () => {
    const { change, advance, startedAtMs, written } = keeperWith()
    change('a')
    await advance(0)
    expect(written).toEqual(['a'])
    for (let step = 0; step < 50; step += 1) {
      change('a')
      await advance(100)
    }
    expect(startedAtMs).toEqual([0, 1_000, 2_000, 3_000, 4_000, 5_000])
  })

  test('never more than a twentieth of the time, however long a round takes', async () => {
    const { change, advance, startedAtMs, take } = keeperWith()
    take(400)
    change('a')
    await advance(0)
    for (let step = 0; step < 1_000; step += 1) {
      change('a')
      await advance(100)
    }
    const pauses = startedAtMs.slice(1).map((at, index) => at - (startedAtMs[index] ?? 0))
    expect(pauses.length).toBeGreaterThan(5)
    for (const pauseMs of pauses) expect(pauseMs).toBeGreaterThanOrEqual(400 * 20)
    expect(Math.max(...pauses)).toBeLessThanOrEqual(400 * 20 + 100)
  })

  test('all that are due go in one round', async () => {
    const { change, advance, written } = keeperWith()
    change('a')
    await advance(0)
    for (const id of ['b', 'c', 'a']) change(id)
    await advance(999)
    expect(written).toEqual(['a'])
    await advance(1)
    expect(written).toEqual(['a', 'b', 'c', 'a'])
  })

  test('nothing is planned while nothing is due', async () => {
    const { keeper, change, advance, clock } = keeperWith()
    keeper.wake()
    expect(clock.dueTimes()).toEqual([])
    change('a')
    await advance(0)
    expect(clock.dueTimes()).toEqual([])
    expect(keeper.isSettled()).toBe(true)
  })

  test('what becomes due while a round runs is written by the next one, without another word', async () => {
    const { change, advance, hold, written } = keeperWith()
    const release = hold()
    change('a')
    await advance(0)
    change('b')
    release()
    await endOfTurn()
    expect(written).toEqual(['a'])
    await advance(1_000)
    expect(written).toEqual(['a', 'b'])
  })
})

describe('flushNow', () => {
  test('waits for no time', async () => {
    const { keeper, change, advance, written } = keeperWith()
    change('a')
    await advance(0)
    change('a')
    await keeper.flushNow()
    expect(written).toEqual(['a', 'a'])
    expect(keeper.isSettled()).toBe(true)
  })

  test('writes what became due after the running round had begun', async () => {
    const { keeper, change, advance, hold, written } = keeperWith()
    const release = hold()
    change('a')
    await advance(0)
    change('b')
    expect(keeper.isSettled()).toBe(false)
    const flushed = keeper.flushNow()
    release()
    await flushed
    expect(written).toEqual(['a', 'b'])
  })

  test('ends where a file cannot be written', async () => {
    const { keeper, change, endWith } = keeperWith()
    endWith(() => 'foreign')
    change('a')
    await keeper.flushNow()
    expect(keeper.isSettled()).toBe(true)
  })
})

describe('a file that is not ours, or cannot be written', () => {
  test('is looked at again every five seconds, and told once', async () => {
    const { keeper, change, advance, endWith, startedAtMs, log } = keeperWith()
    endWith(() => 'foreign')
    change('a')
    await advance(0)
    for (let step = 0; step < 12; step += 1) await advance(1_000)
    expect(startedAtMs).toEqual([0, 5_000, 10_000])
    expect(log.lines).toHaveLength(1)
    expect(log.lines[0]).toMatchObject({ level: 'warn', fields: { database: 'a', code: 'foreign-file' } })
    expect(keeper.problems()).toEqual([
      {
        code: 'foreign-file',
        severity: 'failure',
        message: expect.stringContaining('/cache/a.json was not written by'),
      },
    ])
  })

  test('is told again when the reason is another one', async () => {
    const { keeper, change, advance, endWith, log } = keeperWith()
    endWith(() => new Error('ENOSPC'))
    change('a')
    await advance(0)
    await advance(5_000)
    endWith(() => new Error('EACCES'))
    await advance(5_000)
    expect(log.lines.map((line) => line.message)).toEqual([
      expect.stringContaining('/cache/a.json cannot be written: ENOSPC.'),
      expect.stringContaining('/cache/a.json cannot be written: EACCES.'),
    ])
    expect(keeper.problems()).toHaveLength(1)
  })

  test('is no problem any more once it was written', async () => {
    const { keeper, change, advance, endWith, written } = keeperWith()
    endWith(() => 'foreign')
    change('a')
    await advance(0)
    endWith(() => 'written')
    await advance(5_000)
    expect(written).toEqual(['a'])
    expect(keeper.problems()).toEqual([])
    expect(keeper.isSettled()).toBe(true)
  })

  test('holds up no other file', async () => {
    const { change, advance, endWith, written } = keeperWith()
    endWith((id) => (id === 'a' ? new Error('EACCES') : 'written'))
    change('a')
    await advance(0)
    await advance(1_000)
    change('b')
    await advance(0)
    expect(written).toEqual(['b'])
  })
})

test('a stop lets the running round end, and starts no other', async () => {
  const { keeper, change, advance, hold, written, clock } = keeperWith()
  const release = hold()
  change('a')
  await advance(0)
  change('b')
  let isStopped = false
  const stopping = keeper.stop().then(() => {
    isStopped = true
  })
  await endOfTurn()
  expect(isStopped).toBe(false)
  release()
  await stopping
  change('c')
  await advance(60_000)
  expect(written).toEqual(['a'])
  expect(clock.dueTimes()).toEqual([])
})
