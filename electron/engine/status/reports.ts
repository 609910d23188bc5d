import type { EngineStatus } from '../../../shared/status.ts'
import type { Clock } from '../foundation/clock.ts'
import { assembleStatus, type StatusFacts } from './assemble.ts'
import type { Counters } from './counters.ts'
import type { LoopDelay } from './loop-delay.ts'
import { metricsText } from './metrics.ts'

/** What a running engine says of itself, each time anew. */
export interface Reports {
  status(): EngineStatus
  /** The metrics in the text format of Prometheus. */
  metrics(): Promise<string>
}

export interface ReportParts {
  readonly clock: Clock
  readonly counters: Counters
  readonly loopDelay: LoopDelay
  /** All facts of the status but what the counters know. */
  readonly facts: () => Omit<StatusFacts, 'metrics' | 'lastEventAt'>
  /** When the newest event that is remembered came (ms since 1970); for the time before the first of this run. */
  readonly lastReceivedAt: () => number | null
  readonly nextDueAt: () => number | null
  readonly requests: () => { readonly sent: number; readonly left: number }
  readonly diskBytes: () => Promise<{ readonly database: number; readonly write_ahead_log: number }>
}

export const createReports = (parts: ReportParts): Reports => {
  const { clock, counters, loopDelay } = parts
  const status = (): EngineStatus =>
    assembleStatus({
      ...parts.facts(),
      metrics: counters.metrics(),
      lastEventAt: counters.lastEventAt() ?? parts.lastReceivedAt(),
    })
  return {
    status,
    metrics: async () => {
      const now = clock.now()
      const { sent, left } = parts.requests()
      return metricsText({
        status: status(),
        oldestWaitingMs: Math.max(0, now - (parts.nextDueAt() ?? now)),
        refundedEvents: counters.refundedEvents(),
        attempts: counters.attempts(),
        notionRequests: sent,
        requestsLeft: left,
        eventLoopDelay: loopDelay.sinceLast(),
        diskBytes: await parts.diskBytes(),
        residentBytes: process.memoryUsage.rss(),
      })
    },
  }
}
