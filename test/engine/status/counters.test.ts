import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { createCounters } from '../../../electron/engine/status/counters.ts'
import type { DeliveryAnswer } from '../../../shared/deliveries.ts'

const answer = (status: DeliveryAnswer['status']): DeliveryAnswer => ({ status, event_id: 'e1', reason: null })

const timesOf = (durations: readonly number[]) => {
  const counters = createCounters()
  for (const durationMs of durations) counters.processed(1, durationMs)
  return counters.metrics().processing_time
}

describe('the counters', () => {
  test('start at 0, and so do the times; no event was ever there', () => {
    const counters = createCounters()
    expect(counters.metrics()).toStrictEqual({
      events_received: 0,
      events_processed: 0,
      events_failed: 0,
      events_ignored: 0,
      events_duplicate: 0,
      processing_time: { p50_ms: 0, p95_ms: 0, p99_ms: 0 },
    })
    expect(counters.lastEventAt()).toBeNull()
  })

  test('count ignored and duplicate events among the received ones, and nothing that was answered 4xx', () => {
    const counters = createCounters()
    const answers = ['queued', 'queued', 'duplicate', 'ignored', 'ignored', 'ignored', 'rejected', 'rejected'] as const
    for (const status of answers) counters.answered(answer(status), 1)
    expect(counters.metrics()).toMatchObject({ events_received: 6, events_duplicate: 1, events_ignored: 3 })
  })

  test('count the events of a job, not the jobs', () => {
    const counters = createCounters()
    counters.processed(3, 10)
    counters.processed(0, 10)
    counters.failed(2, 10)
    expect(counters.metrics()).toMatchObject({ events_processed: 3, events_failed: 2, events_received: 0 })
  })
})

test('events whose failure cost nothing after all are no longer failed; how many they were is told beside it', () => {
  const counters = createCounters()
  counters.failed(3, 10)
  counters.failed(2, 10)
  counters.postponed(0)
  counters.postponed(2)
  counters.refunded(1)
  expect(counters.metrics()).toMatchObject({ events_failed: 2, events_processed: 0 })
  expect(counters.refundedEvents()).toBe(3)
  expect(counters.attempts()).toMatchObject({ failed: 2, postponed: 2 })
})

test('the last event is the newest that was authentic; a refused request is none', () => {
  const counters = createCounters()
  counters.answered(answer('ignored'), 1_000)
  counters.answered(answer('duplicate'), 2_000)
  counters.answered(answer('rejected'), 3_000)
  expect(counters.lastEventAt()).toBe(2_000)
})

describe('the processing time', () => {
  test('is given by the nearest rank: of 1 to 100 ms the 50th, the 95th and the 99th', () => {
    const durations = Array.from({ length: 100 }, (_, index) => index + 1)
    expect(timesOf(durations.toReversed())).toStrictEqual({ p50_ms: 50, p95_ms: 95, p99_ms: 99 })
  })

  test('of one attempt is the time of that one, to a tenth of a millisecond', () => {
    expect(timesOf([12.345])).toStrictEqual({ p50_ms: 12.3, p95_ms: 12.3, p99_ms: 12.3 })
  })

  test('is about the newest thousand attempts', () => {
    expect(timesOf([...Array<number>(1_000).fill(5_000), ...Array<number>(1_000).fill(7)])).toStrictEqual({
      p50_ms: 7,
      p95_ms: 7,
      p99_ms: 7,
    })
    expect(timesOf([...Array<number>(500).fill(5_000), ...Array<number>(501).fill(7)]).p50_ms).toBe(7)
  })

  test('counts failed attempts as well', () => {
    const counters = createCounters()
    counters.failed(1, 40)
    expect(counters.metrics().processing_time.p50_ms).toBe(40)
  })

  test('is that of events: what we ask for ourselves, the titles of related pages, says nothing of it', () => {
    const counters = createCounters()
    counters.processed(0, 2)
    counters.failed(0, 3)
    expect(counters.metrics().processing_time).toStrictEqual({ p50_ms: 0, p95_ms: 0, p99_ms: 0 })
    for (const events of [0, 0, 1, 0]) counters.processed(events, events === 0 ? 2 : 900)
    expect(counters.metrics().processing_time).toStrictEqual({ p50_ms: 900, p95_ms: 900, p99_ms: 900 })
    expect(counters.attempts()).toMatchObject({ completed: 5, failed: 1 })
  })

  test('never falls with the rank, and is always one that was measured', () => {
    fc.assert(
      fc.property(fc.array(fc.integer({ min: 0, max: 60_000 }), { minLength: 1, maxLength: 200 }), (durations) => {
        const { p50_ms: p50, p95_ms: p95, p99_ms: p99 } = timesOf(durations)
        expect(p50).toBeLessThanOrEqual(p95)
        expect(p95).toBeLessThanOrEqual(p99)
        for (const [value, share] of [
          [p50, 0.5],
          [p95, 0.95],
          [p99, 0.99],
        ] as const) {
          expect(durations).toContain(value)
          expect(durations.filter((ms) => ms <= value).length).toBeGreaterThanOrEqual(durations.length * share)
        }
      }),
    )
  })
})
