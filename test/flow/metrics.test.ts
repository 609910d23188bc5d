import { statSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { eventFor } from '../../electron/simulator/deliveries.ts'
import type { Engine } from '../../electron/engine/engine.ts'
import { createManualClock } from '../support/manual-clock.ts'
import { timePassesUntil } from '../support/passing-time.ts'
import { parsePrometheusText } from '../support/prometheus-text.ts'
import { startRunningEngine } from '../support/running-engine.ts'
import { until } from '../support/until.ts'

const TASKS = 'Actionable Tasks'
const BUDGET = 100_000

const scrape = async (engine: Engine) => {
  const families = parsePrometheusText(await engine.metrics())
  return (name: string, labels = ''): number => families.get(`blackcore_${name}`)?.values[labels] ?? Number.NaN
}

test('the metrics say what the engine really did: events, attempts, requests, budget and disk', async () => {
  const { workspace, simulator, send, sendBody, engine, dataFolder } = await startRunningEngine()
  const [first, second] = workspace.pageIds(TASKS)
  simulator.failNext({ match: new RegExp(`^/v1/pages/${first!}$`), times: 1, status: 500 })
  const event = eventFor(workspace, 'page.created', first!)
  for (const each of [event, event]) await sendBody(each)
  await send('page.created', second!)
  await send('comment.created', second!)
  await engine.whenIdle()

  const of = await scrape(engine)
  const result = (name: string): number => of('events_total', `{result="${name}"}`)
  expect(['received', 'processed', 'failed', 'ignored', 'duplicate'].map(result)).toEqual([4, 2, 0, 1, 1])
  const attempts = (name: string): number => of('attempts_total', `{outcome="${name}"}`)
  expect(['delayed', 'failed', 'postponed'].map(attempts)).toEqual([1, 0, 0])
  // Two pages, and the titles of those that they name.
  expect(attempts('completed')).toBeGreaterThanOrEqual(2)
  expect(attempts('completed')).toBe(of('jobs', '{state="completed"}'))
  expect(of('notion_requests_total')).toBe(simulator.requests())
  expect(of('notion_requests_left')).toBe(BUDGET - simulator.requests())
  expect(of('state', '{state="healthy"}')).toBe(1)
  expect(of('disk_bytes', '{what="database"}')).toBe(statSync(join(dataFolder, 'blackcore.db')).size)
  expect(of('disk_bytes', '{what="write_ahead_log"}')).toBe(statSync(join(dataFolder, 'blackcore.db-wal')).size)
  expect(of('resident_bytes')).toBeGreaterThan(10_000_000)
  expect(of('processing_seconds', '{quantile="0.5"}')).toBeGreaterThan(0)
})

test('while a person pauses the queue the oldest job that could run grows older, and what is done no longer counts', async () => {
  const clock = createManualClock()
  const { workspace, send, engine } = await startRunningEngine({ clock })
  await engine.calls.pause({ for_ms: null })
  expect((await scrape(engine))('oldest_waiting_seconds')).toBe(0)
  await send('page.created', workspace.pageIds(TASKS)[0]!)
  clock.advance(90_020)
  const of = await scrape(engine)
  expect(of('oldest_waiting_seconds')).toBe(90)
  expect(of('state', '{state="paused"}')).toBe(1)
  await engine.calls.resume({})
  await timePassesUntil(clock, 'nothing is left', engine.whenIdle())
  expect((await scrape(engine))('oldest_waiting_seconds')).toBe(0)
})

test('events of failed jobs that an outage explains are no longer failed, and the counters of Prometheus never fall', async () => {
  const clock = createManualClock()
  const { workspace, simulator, send, engine } = await startRunningEngine({
    clock,
    settings: () => ({ webhook: { processing: { retry_attempts: 0, workers: 1 }, debouncing: { page_updates: 0 } } }),
  })
  await timePassesUntil(clock, 'nothing is left', engine.whenIdle())
  await until('Notion has said whose workspace it is', () => engine.status().workspaceName !== null)
  simulator.failNext({ match: /^\/v1\/(pages\/|users\/me)/, times: null, status: 503 })
  const seen: number[] = []
  for (const id of workspace.pageIds(TASKS).slice(0, 3)) {
    await send('page.created', id)
    await until('the attempt has ended', () => {
      clock.advance(10)
      const { delayed, active, waiting } = engine.status().jobs
      return active + delayed === 0 && (waiting === 0 || engine.status().problems.some(({ code }) => code === 'outage'))
    })
    seen.push(engine.status().metrics.events_failed)
  }
  expect(seen).toEqual([1, 2, 0])
  expect(engine.status().jobs).toMatchObject({ failed: 0, waiting: 3 })
  const of = await scrape(engine)
  expect(['failed', 'refunded'].map((name) => of('events_total', `{result="${name}"}`))).toEqual([2, 2])
  simulator.clearFaults()
  await timePassesUntil(clock, 'nothing is left', engine.whenIdle())
  expect(engine.status().metrics).toMatchObject({ events_failed: 0, events_processed: 3 })
})
