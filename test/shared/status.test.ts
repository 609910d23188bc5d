import { describe, expect, test } from 'vitest'
import { engineStatusSchema, healthOf, healthSchema } from '../../shared/status.ts'
import { engineStatus } from '../support/engine-status.ts'

describe('health', () => {
  test('the queue is what waits, what is delayed and what is active; nothing that ended counts', () => {
    const jobs = { waiting: 1, delayed: 20, active: 300, completed: 5000, failed: 6000, held: 7000, discarded: 8000 }
    expect(healthOf(engineStatus({ jobs })).queue_size).toBe(321)
  })

  test('it has exactly the shape of the contract', () => {
    expect(healthOf(engineStatus({ state: 'degraded', lastEventAt: '2026-11-23T12:00:00.000Z' }))).toStrictEqual({
      status: 'degraded',
      queue_size: 0,
      metrics: {
        events_received: 0,
        events_processed: 0,
        events_failed: 0,
        events_ignored: 0,
        events_duplicate: 0,
        processing_time: { p50_ms: 0, p95_ms: 0, p99_ms: 0 },
      },
      last_event: '2026-11-23T12:00:00.000Z',
    })
    expect(healthOf(engineStatus()).last_event).toBeNull()
  })

  test.each([
    { status: 'broken' },
    { queue_size: -1 },
    { queue_size: 1.5 },
    { last_event: '2026-11-23T13:00:00+01:00' },
    { last_event: 'yesterday' },
    { metrics: {} },
  ])('another shape is not taken for it: %j', (part) => {
    const health = healthOf(engineStatus())
    expect(healthSchema.safeParse(health).success).toBe(true)
    expect(healthSchema.safeParse({ ...health, ...part }).success).toBe(false)
  })
})

describe('a status', () => {
  test('it counts every state of a job', () => {
    const { waiting: _, ...others } = engineStatus().jobs
    expect(engineStatusSchema.safeParse(engineStatus()).success).toBe(true)
    expect(engineStatusSchema.safeParse({ ...engineStatus(), jobs: others }).success).toBe(false)
  })
})
