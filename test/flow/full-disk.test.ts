import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { systemDisk } from '../../electron/engine/foundation/disk.ts'
import { createBreakingDisk } from '../support/breaking-disk.ts'
import { pagesIn, recordsIn } from '../support/cache-contents.ts'
import { createManualClock } from '../support/manual-clock.ts'
import { timePassesUntil } from '../support/passing-time.ts'
import { startRunningEngine } from '../support/running-engine.ts'
import { until } from '../support/until.ts'

const TASKS = 'Actionable Tasks'
const OUTAGE_STEPS = 60
const STEP_MS = 1_000

interface Refusal {
  readonly calls: ReadonlySet<string>
  readonly code: string
  readonly place: RegExp
}

/** An engine whose disk refuses these calls while it is told to, and whose time is the test's. */
const startOnRefusingDisk = async () => {
  const clock = createManualClock()
  const state = { refusal: null as Refusal | null, isDatabaseFull: false }
  const disk = createBreakingDisk(systemDisk, (call, path) => {
    const { refusal } = state
    if (refusal === null || !refusal.calls.has(call) || !refusal.place.test(path)) return
    throw Object.assign(new Error(`${refusal.code}: the disk of the test, ${call}`), { code: refusal.code })
  })
  const beforeCommit = (): void => {
    if (!state.isDatabaseFull) return
    throw Object.assign(new Error('database or disk is full'), { code: 'ERR_SQLITE_ERROR', errcode: 13 })
  }
  const running = await startRunningEngine({ clock, seams: () => ({ disk, beforeCommit }) })
  const { engine } = running
  const pass = async (steps: number): Promise<void> => {
    for (let step = 0; step < steps; step += 1) {
      const endAt = performance.now() + 5
      clock.advance(STEP_MS)
      await until('a moment is over', () => performance.now() >= endAt)
    }
  }
  const untilTold = (code: string): Promise<void> =>
    until(`${code} is told`, () => {
      clock.advance(100)
      return engine.status().problems.some((problem) => problem.code === code)
    })
  return { ...running, clock, state, pass, untilTold }
}

test.each<[string, Refusal]>([
  ['has no room for a file', { calls: new Set(['write']), code: 'ENOSPC', place: /\.tmp/ }],
  ['is read-only', { calls: new Set(['createFile', 'rename', 'makeFolder']), code: 'EROFS', place: /cache|\.tmp/ }],
  ['has too many files open for us', { calls: new Set(['createFile']), code: 'EMFILE', place: /./ }],
])('a disk that %s for a minute costs time and nothing else, and nobody has to act', async (_, refusal) => {
  const { clock, state, pass, untilTold, workspace, send, engine, cacheFolder } = await startOnRefusingDisk()
  const ids = workspace.pageIds(TASKS).slice(0, 6)
  for (const id of ids) expect(await send('page.created', id)).toMatchObject({ status: 200 })
  state.refusal = refusal
  await untilTold('disk')
  await pass(OUTAGE_STEPS)
  const told = engine.status()
  expect(told).toMatchObject({ state: 'degraded', jobs: { delayed: 0, failed: 0 } })
  expect(told.problems).toContainEqual({
    code: 'disk',
    severity: 'failure',
    message: expect.stringMatching(
      new RegExp(
        `^The disk refuses: ${refusal.code}: .*\\. (Ma|Close).*\\. Nothing can be written since .*Z\\. .* 30 seconds; the queue goes on by itself\\.$`,
      ),
    ),
  })
  expect(await engine.metrics()).toContain('blackcore_state{state="degraded"} 1')
  state.refusal = null
  await timePassesUntil(clock, 'nothing is left', engine.whenIdle())
  expect([...pagesIn(cacheFolder).keys()].toSorted()).toEqual(ids.toSorted())
  expect([...recordsIn(cacheFolder).keys()].toSorted()).toEqual(ids.toSorted())
  expect(engine.status()).toMatchObject({
    state: 'healthy',
    problems: [],
    metrics: { events_processed: ids.length, events_failed: 0 },
  })
  const { jobs } = await engine.calls.jobs({ states: ['completed'] })
  expect(jobs.flatMap(({ attempts }) => attempts)).toEqual([])
})

test('a data folder that is full for a minute costs no attempt, and what was accepted is done afterwards', async () => {
  const { clock, state, pass, workspace, send, engine, cacheFolder } = await startOnRefusingDisk()
  const ids = workspace.pageIds(TASKS).slice(0, 3)
  for (const id of ids) await send('page.created', id)
  state.isDatabaseFull = true
  await pass(OUTAGE_STEPS)
  expect(engine.status()).toMatchObject({ state: 'degraded', jobs: { failed: 0 } })
  state.isDatabaseFull = false
  await timePassesUntil(clock, 'nothing is left', engine.whenIdle())
  expect(recordsIn(cacheFolder).size).toBe(ids.length)
  expect(engine.status()).toMatchObject({ state: 'healthy', problems: [], metrics: { events_failed: 0 } })
})

test('a file that one page may not write is that page’s failure; discarded, nothing is said of the disk any more', async () => {
  const { clock, state, workspace, send, engine } = await startOnRefusingDisk()
  const [id] = workspace.pageIds(TASKS)
  state.refusal = { calls: new Set(['rename']), code: 'EACCES', place: /pages/ }
  await send('page.created', id!)
  await timePassesUntil(clock, 'it is failed', engine.whenIdle())
  expect(engine.status().problems.map(({ code }) => code)).toEqual(['failed-jobs'])
  expect(await engine.calls.discard({ all: true })).toEqual({ discarded: 1 })
  expect(engine.status()).toMatchObject({ state: 'healthy', problems: [] })
})

test('wait-idle names a database file in whose place a stranger’s stands', async () => {
  const { workspace, send, engine, cacheFolder } = await startRunningEngine()
  const [id] = workspace.pageIds(TASKS)
  const path = join(cacheFolder, 'actionable_tasks.json')
  writeFileSync(path, '{"mine": []}')
  await send('page.created', id!)
  const answer = await engine.calls['wait-idle']({})
  expect(answer).toEqual({ idle: true, unwritten: [expect.stringContaining(`${path} was not written by`)] })
  await expect(engine.whenIdle()).resolves.toBeUndefined()
})
