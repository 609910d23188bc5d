import type { DeliveryAnswer } from '../../../shared/deliveries.ts'
import type { EngineStatus } from '../../../shared/status.ts'

/** The newest attempts are what a person wants to know the speed of. */
const DURATIONS_KEPT = 1_000

/** Counts since the process began, and the time that attempts at events took: what we ask for ourselves nobody waits for. */
export interface Counters {
  answered(answer: DeliveryAnswer, now: number): void
  processed(events: number, durationMs: number): void
  failed(events: number, durationMs: number): void
  delayed(): void
  /** An attempt cost nothing; with it, the failures of so many events were taken back. */
  postponed(refundedEvents: number): void
  /** The failures of so many events were taken back by themselves. */
  refunded(events: number): void
  /** Attempts by outcome: failed is out of attempts, delayed is tried again, postponed cost nothing. */
  attempts(): Readonly<Record<'completed' | 'delayed' | 'failed' | 'postponed', number>>
  metrics(): EngineStatus['metrics']
  /** Events that counted as failed until an outage explained it. */
  refundedEvents(): number
  /** When the last authentic event came (ms since 1970); null before the first. */
  lastEventAt(): number | null
}

/** Nearest rank; 0 where nothing was measured. */
const percentile = (sorted: readonly number[], share: number): number =>
  sorted[Math.max(0, Math.ceil(sorted.length * share) - 1)] ?? 0

const rounded = (ms: number): number => Math.round(ms * 10) / 10

export const createCounters = (): Counters => {
  const counts = { received: 0, processed: 0, failed: 0, refunded: 0, ignored: 0, duplicate: 0 }
  const attempts = { completed: 0, delayed: 0, failed: 0, postponed: 0 }
  const durations: number[] = []
  let lastEventAt: number | null = null

  const measure = (events: number, durationMs: number): void => {
    if (events === 0) return
    durations.push(durationMs)
    if (durations.length > DURATIONS_KEPT) durations.shift()
  }

  return {
    answered: (answer, now) => {
      if (answer.status === 'rejected') return
      counts.received += 1
      lastEventAt = now
      if (answer.status === 'ignored') counts.ignored += 1
      if (answer.status === 'duplicate') counts.duplicate += 1
    },
    processed: (events, durationMs) => {
      counts.processed += events
      attempts.completed += 1
      measure(events, durationMs)
    },
    failed: (events, durationMs) => {
      counts.failed += events
      attempts.failed += 1
      measure(events, durationMs)
    },
    delayed: () => {
      attempts.delayed += 1
    },
    postponed: (refundedEvents) => {
      attempts.postponed += 1
      counts.refunded += refundedEvents
    },
    refunded: (events) => {
      counts.refunded += events
    },
    attempts: () => ({ ...attempts }),
    metrics: () => {
      const sorted = durations.toSorted((a, b) => a - b)
      return {
        events_received: counts.received,
        events_processed: counts.processed,
        events_failed: counts.failed - counts.refunded,
        events_ignored: counts.ignored,
        events_duplicate: counts.duplicate,
        processing_time: {
          p50_ms: rounded(percentile(sorted, 0.5)),
          p95_ms: rounded(percentile(sorted, 0.95)),
          p99_ms: rounded(percentile(sorted, 0.99)),
        },
      }
    },
    refundedEvents: () => counts.refunded,
    lastEventAt: () => lastEventAt,
  }
}
