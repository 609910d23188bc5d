import type { EngineStatus } from '../../../shared/status.ts'

/** What the metrics show besides the status; gathered when they are asked for. */
export interface MetricFacts {
  readonly status: EngineStatus
  /** Age of the oldest job that could run (ms); 0 where there is none. */
  readonly oldestWaitingMs: number
  /** Events that counted as failed until an outage explained it: a counter never falls, so they are counted beside it. */
  readonly refundedEvents: number
  readonly attempts: Readonly<Record<'completed' | 'delayed' | 'failed' | 'postponed', number>>
  readonly notionRequests: number
  /** Requests that the present window of the rate budget still allows. */
  readonly requestsLeft: number
  /** Of the last scrape interval (ms). */
  readonly eventLoopDelay: { readonly p50Ms: number; readonly p99Ms: number; readonly maxMs: number }
  readonly diskBytes: Readonly<Record<'database' | 'write_ahead_log', number>>
  readonly residentBytes: number
}

/** The facts in the text format of Prometheus. The library is loaded when the first scrape comes. */
export const metricsText = async (facts: MetricFacts): Promise<string> => {
  const { Registry, Gauge, Counter } = await import('prom-client')
  const registers = [new Registry()] as const
  const [registry] = registers
  const { status } = facts

  const gauge = (name: string, help: string, value: number): void => {
    new Gauge({ name: `blackcore_${name}`, help, registers: [...registers] }).set(value)
  }
  const labelled = (name: string, help: string, label: string, values: Readonly<Record<string, number>>): void => {
    const metric = new Gauge({ name: `blackcore_${name}`, help, labelNames: [label], registers: [...registers] })
    for (const [key, value] of Object.entries(values)) metric.set({ [label]: key }, value)
  }
  const counted = (name: string, help: string, label: string, values: Readonly<Record<string, number>>): void => {
    const metric = new Counter({ name: `blackcore_${name}`, help, labelNames: [label], registers: [...registers] })
    for (const [key, value] of Object.entries(values)) metric.inc({ [label]: key }, value)
  }

  const { metrics } = status
  const time = metrics.processing_time
  labelled('state', '1 for the state that the engine is in.', 'state', {
    healthy: Number(status.state === 'healthy'),
    degraded: Number(status.state === 'degraded'),
    paused: Number(status.state === 'paused'),
  })
  counted('events_total', 'Events since the start, by what became of them.', 'result', {
    received: metrics.events_received,
    processed: metrics.events_processed,
    failed: metrics.events_failed + facts.refundedEvents,
    refunded: facts.refundedEvents,
    ignored: metrics.events_ignored,
    duplicate: metrics.events_duplicate,
  })
  labelled('jobs', 'Jobs by state.', 'state', status.jobs)
  counted('attempts_total', 'Attempts since the start, by outcome.', 'outcome', facts.attempts)
  labelled('processing_seconds', 'Duration of the newest attempts at events.', 'quantile', {
    '0.5': time.p50_ms / 1000,
    '0.95': time.p95_ms / 1000,
    '0.99': time.p99_ms / 1000,
  })
  gauge('oldest_waiting_seconds', 'Age of the oldest job that could run.', facts.oldestWaitingMs / 1000)
  const requests = new Counter({
    name: 'blackcore_notion_requests_total',
    help: 'Requests sent to Notion since the start.',
    registers: [...registers],
  })
  requests.inc(facts.notionRequests)
  gauge('notion_requests_left', 'Requests that the present window still allows.', facts.requestsLeft)
  labelled('event_loop_delay_seconds', 'Delay of the event loop since the last scrape.', 'quantile', {
    '0.5': facts.eventLoopDelay.p50Ms / 1000,
    '0.99': facts.eventLoopDelay.p99Ms / 1000,
    '1': facts.eventLoopDelay.maxMs / 1000,
  })
  labelled('disk_bytes', 'Disk used by the data folder.', 'what', facts.diskBytes)
  gauge('resident_bytes', 'Resident memory of the process.', facts.residentBytes)
  return registry.metrics()
}
