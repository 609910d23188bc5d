import { expect, test } from 'vitest'
import { startSimulator } from '../../electron/simulator/server.ts'
import { recordsIn } from '../support/cache-contents.ts'
import { endOfTurn } from '../support/end-of-turn.ts'
import { createManualClock, type ManualClock } from '../support/manual-clock.ts'
import { timePassesUntil } from '../support/passing-time.ts'
import { type RunningEngine, startRunningEngine } from '../support/running-engine.ts'
import { until } from '../support/until.ts'

const TASKS = 'Actionable Tasks'
const PROBE_MS = 30_000

const sendAll = async (running: RunningEngine, ids: readonly string[]): Promise<void> => {
  for (const id of ids) {
    expect(await running.send('page.created', id)).toMatchObject({ status: 200, body: { status: 'queued' } })
  }
}

const untilOutage = (running: RunningEngine, clock: ManualClock): Promise<void> =>
  until('the outage is told', () => {
    clock.advance(100)
    return running.engine.status().problems.some(({ code }) => code === 'outage')
  })

/** Every page has its record, nothing failed, and no attempt was spent on the outage. */
const expectNothingSpent = async (
  running: RunningEngine,
  ids: readonly string[],
  events = ids.length,
): Promise<void> => {
  expect([...recordsIn(running.cacheFolder).keys()].toSorted()).toEqual(ids.toSorted())
  expect(running.engine.status()).toMatchObject({
    state: 'healthy',
    problems: [],
    jobs: { waiting: 0, delayed: 0, active: 0, failed: 0 },
    metrics: { events_processed: events },
  })
  const { jobs } = await running.engine.calls.jobs({ states: ['completed'] })
  expect(jobs.flatMap(({ attempts }) => attempts)).toEqual([])
}

test('events that come while Notion cannot be reached cost nothing, and become files when it is back', async () => {
  const clock = createManualClock()
  const running = await startRunningEngine({ clock })
  const { simulator, workspace, engine } = running
  const ids = workspace.pageIds(TASKS)
  await sendAll(running, ids.slice(0, 2))
  await timePassesUntil(clock, 'nothing is left', engine.whenIdle())

  const port = Number(new URL(simulator.url).port)
  await simulator.stop()
  await sendAll(running, ids.slice(2))
  await untilOutage(running, clock)
  expect(engine.status().state).toBe('degraded')
  // For an hour, which is longer than all attempts of a job would last.
  for (let asked = 0; asked < 120; asked += 1) {
    clock.advance(PROBE_MS)
    await endOfTurn()
  }
  await sendAll(running, [ids[0]!])
  expect(engine.status()).toMatchObject({ jobs: { failed: 0, delayed: 0 }, metrics: { events_failed: 0 } })

  const again = await startSimulator({ seed: 1, pagesPerDatabase: 12, requestsPerMinute: null, port })
  try {
    await timePassesUntil(clock, 'nothing is left', engine.whenIdle())
  } finally {
    await again.stop()
  }
  await expectNothingSpent(running, ids, ids.length + 1)
})

test('a Notion that fails for all pages is asked once every 30 seconds and costs nothing, with no retries as well', async () => {
  const clock = createManualClock()
  const running = await startRunningEngine({
    clock,
    settings: () => ({ webhook: { processing: { retry_attempts: 0 }, debouncing: { page_updates: 0 } } }),
  })
  const { simulator, workspace, engine } = running
  await timePassesUntil(clock, 'nothing is left', engine.whenIdle())
  await until('Notion has said whose workspace it is', () => engine.status().workspaceName !== null)
  simulator.failNext({ match: /^\//, times: null, status: 503 })
  const ids = workspace.pageIds(TASKS).slice(0, 6)
  await sendAll(running, ids)
  await untilOutage(running, clock)
  await until('what was under way has ended', () => engine.status().jobs.active === 0)
  const asked: string[] = []
  simulator.beforeAnswer(async (path) => {
    asked.push(path)
  })
  for (let count = 1; count <= 4; count += 1) {
    clock.advance(PROBE_MS)
    await until('the probe was sent', () => asked.length >= count)
    // What is sent besides it would be there when another request has been answered.
    await fetch(`${simulator.url}/simulator/faults`)
    expect(asked).toEqual(Array(count).fill('/v1/users/me'))
  }
  simulator.beforeAnswer(null)
  expect(engine.status()).toMatchObject({ state: 'degraded', jobs: { waiting: 6, failed: 0 } })
  simulator.clearFaults()
  await timePassesUntil(clock, 'nothing is left', engine.whenIdle())
  await expectNothingSpent(running, ids)
})

test('a Notion that fails from the start is asked by the probe alone, and then for everything', async () => {
  const clock = createManualClock()
  const running = await startRunningEngine({
    clock,
    seams: (simulator) => {
      simulator.failNext({ match: /^\//, times: null, status: 503 })
      return {}
    },
  })
  const { simulator, workspace, engine } = running
  const ids = workspace.pageIds(TASKS).slice(0, 4)
  await sendAll(running, ids)
  await untilOutage(running, clock)
  await until('what was under way has ended', () => engine.status().jobs.active === 0)
  const before = simulator.requests()
  for (let count = 1; count <= 10; count += 1) {
    clock.advance(PROBE_MS)
    await until('the probe was sent', () => simulator.requests() >= before + count)
    await fetch(`${simulator.url}/simulator/faults`)
    expect(simulator.requests()).toBe(before + count)
  }
  simulator.clearFaults()
  await timePassesUntil(clock, 'nothing is left', engine.whenIdle())
  await until('Notion has said whose workspace it is', () => engine.status().workspaceName !== null)
  await expectNothingSpent(running, ids)
})

test('a connection that is cut once holds nobody up', async () => {
  const clock = createManualClock()
  const running = await startRunningEngine({ clock })
  const { simulator, workspace, engine } = running
  const ids = workspace.pageIds(TASKS).slice(0, 4)
  simulator.failNext({ match: new RegExp(`^/v1/pages/${ids[0] ?? ''}`), times: 1, kind: 'drop' })
  await sendAll(running, ids)
  await timePassesUntil(clock, 'nothing is left', engine.whenIdle())
  expect([...recordsIn(running.cacheFolder).keys()].toSorted()).toEqual(ids.toSorted())
  expect(running.logged()).not.toContain('the queue pauses')
  const { jobs } = await engine.calls.jobs({ states: ['completed'] })
  expect(jobs.flatMap(({ attempts }) => attempts)).toMatchObject([{ code: 'connection_lost' }])
})

test('pages that always fail while Notion answers everything else end as failed jobs that a person sees', async () => {
  const clock = createManualClock()
  const running = await startRunningEngine({ clock })
  const { simulator, workspace, engine } = running
  const ids = workspace.pageIds(TASKS)
  const failing = ids.slice(0, 4)
  simulator.failNext({ match: new RegExp(`^/v1/pages/(${failing.join('|')})`), times: null, status: 503 })
  await sendAll(running, ids)
  await timePassesUntil(clock, 'nothing is left', engine.whenIdle())
  await until('the last probe was answered', () => {
    clock.advance(1_000)
    return engine.status().problems.every(({ code }) => code !== 'outage')
  })
  expect(engine.status()).toMatchObject({
    state: 'degraded',
    problems: [{ code: 'failed-jobs', message: expect.stringContaining('503') }],
    jobs: { waiting: 0, delayed: 0, active: 0, failed: failing.length },
  })
  expect([...recordsIn(running.cacheFolder).keys()].toSorted()).toEqual(ids.slice(4).toSorted())
})

test('an outage is forgotten at a restart: the next start asks Notion itself', async () => {
  const clock = createManualClock()
  const running = await startRunningEngine({ clock })
  const { simulator, workspace } = running
  simulator.failNext({ match: /^\/v1\/pages\//, times: null, kind: 'drop' })
  const ids = workspace.pageIds(TASKS).slice(0, 3)
  await sendAll(running, ids)
  await untilOutage(running, clock)
  simulator.clearFaults()
  await running.restart()
  await timePassesUntil(clock, 'nothing is left', running.engine.whenIdle())
  expect([...recordsIn(running.cacheFolder).keys()].toSorted()).toEqual(ids.toSorted())
})
