import { createRequire } from 'node:module'
import { expect, test } from 'vitest'
import { type MetricFacts, metricsText } from '../../../electron/engine/status/metrics.ts'
import { engineStatus } from '../../support/engine-status.ts'
import { parsePrometheusText } from '../../support/prometheus-text.ts'

const facts = (changes: Partial<MetricFacts> = {}): MetricFacts => ({
  status: engineStatus(),
  oldestWaitingMs: 0,
  refundedEvents: 0,
  attempts: { completed: 0, delayed: 0, failed: 0, postponed: 0 },
  notionRequests: 0,
  requestsLeft: 180,
  eventLoopDelay: { p50Ms: 0, p99Ms: 0, maxMs: 0 },
  diskBytes: { database: 0, write_ahead_log: 0 },
  residentBytes: 1,
  ...changes,
})

const valuesOf = async (given: MetricFacts) =>
  Object.fromEntries([...parsePrometheusText(await metricsText(given))].map(([name, { values }]) => [name, values]))

const isLoaded = (): boolean =>
  Object.keys(createRequire(import.meta.url).cache).some((path) => /[\\/]prom-client[\\/]/.test(path))

test('the library of Prometheus is loaded with the first scrape', async () => {
  expect(isLoaded()).toBe(false)
  await metricsText(facts())
  expect(isLoaded()).toBe(true)
})

test('every fact is shown under its name, in seconds and bytes', async () => {
  const status = engineStatus({
    state: 'degraded',
    jobs: { waiting: 1, delayed: 2, active: 3, completed: 4, failed: 5, held: 6, discarded: 7 },
    metrics: {
      events_received: 11,
      events_processed: 12,
      events_failed: 13,
      events_ignored: 14,
      events_duplicate: 15,
      processing_time: { p50_ms: 1.5, p95_ms: 20, p99_ms: 300 },
    },
  })
  const values = await valuesOf(
    facts({
      status,
      oldestWaitingMs: 61_500,
      refundedEvents: 5,
      attempts: { completed: 21, delayed: 22, failed: 23, postponed: 24 },
      notionRequests: 31,
      requestsLeft: 149,
      eventLoopDelay: { p50Ms: 1, p99Ms: 12.5, maxMs: 2_000 },
      diskBytes: { database: 4_096, write_ahead_log: 8_192 },
      residentBytes: 100_000_000,
    }),
  )
  expect(values).toEqual({
    blackcore_state: { '{state="healthy"}': 0, '{state="degraded"}': 1, '{state="paused"}': 0 },
    blackcore_events_total: {
      '{result="received"}': 11,
      '{result="processed"}': 12,
      '{result="failed"}': 18,
      '{result="refunded"}': 5,
      '{result="ignored"}': 14,
      '{result="duplicate"}': 15,
    },
    blackcore_jobs: {
      '{state="waiting"}': 1,
      '{state="delayed"}': 2,
      '{state="active"}': 3,
      '{state="completed"}': 4,
      '{state="failed"}': 5,
      '{state="held"}': 6,
      '{state="discarded"}': 7,
    },
    blackcore_attempts_total: {
      '{outcome="completed"}': 21,
      '{outcome="delayed"}': 22,
      '{outcome="failed"}': 23,
      '{outcome="postponed"}': 24,
    },
    blackcore_processing_seconds: { '{quantile="0.5"}': 0.0015, '{quantile="0.95"}': 0.02, '{quantile="0.99"}': 0.3 },
    blackcore_oldest_waiting_seconds: { '': 61.5 },
    blackcore_notion_requests_total: { '': 31 },
    blackcore_notion_requests_left: { '': 149 },
    blackcore_event_loop_delay_seconds: { '{quantile="0.5"}': 0.001, '{quantile="0.99"}': 0.0125, '{quantile="1"}': 2 },
    blackcore_disk_bytes: { '{what="database"}': 4_096, '{what="write_ahead_log"}': 8_192 },
    blackcore_resident_bytes: { '': 100_000_000 },
  })
})

test('what only grows is a counter and is named so, everything else is a gauge; each says what it is', async () => {
  for (const [name, { type, help }] of parsePrometheusText(await metricsText(facts()))) {
    expect(type, name).toBe(name.endsWith('_total') ? 'counter' : 'gauge')
    expect(help, name).toMatch(/^[A-Z0-9].*\.$/)
  }
})

test('a scrape remembers nothing of the one before, and two at once do not touch each other', async () => {
  const texts = await Promise.all([1, 2, 3].map((count) => metricsText(facts({ notionRequests: count }))))
  expect(texts.map((text) => parsePrometheusText(text).get('blackcore_notion_requests_total')?.values[''])).toEqual([
    1, 2, 3,
  ])
})
