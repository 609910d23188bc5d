import { z } from 'zod'
import { JOB_STATES } from './jobs.ts'
import { reachSchema } from './reach.ts'

const count = z.int().min(0)

/** Something a person should know of, in plain words; it goes away when its cause does. */
export const problemSchema = z.object({
  code: z.string(),
  /** notice: worth knowing · failure: something does not follow until it is mended. */
  severity: z.enum(['notice', 'failure']),
  message: z.string(),
})

export type Problem = Readonly<z.infer<typeof problemSchema>>

const HEALTH_STATES = ['healthy', 'degraded', 'paused'] as const

const metricsSchema = z.object({
  events_received: count,
  events_processed: count,
  events_failed: count,
  events_ignored: count,
  events_duplicate: count,
  processing_time: z.object({ p50_ms: z.number(), p95_ms: z.number(), p99_ms: z.number() }),
})

/** The answer of `GET /health`. `processing_time` is that of attempts at events; 0 until the first has ended. */
export const healthSchema = z.object({
  status: z.enum(HEALTH_STATES),
  queue_size: count,
  metrics: metricsSchema,
  last_event: z.iso.datetime().nullable(),
})

export type Health = z.infer<typeof healthSchema>

/** Everything that is known of a running engine; each view of it (health, tray, window) is a function of this value. */
export const engineStatusSchema = z.object({
  state: z.enum(HEALTH_STATES),
  isPaired: z.boolean(),
  workspaceName: z.string().nullable(),
  isCatchUpDue: z.boolean(),
  reach: reachSchema,
  jobs: z.record(z.enum(JOB_STATES), count),
  metrics: metricsSchema,
  lastEventAt: z.iso.datetime().nullable(),
  problems: z.array(problemSchema),
})

export type EngineStatus = z.infer<typeof engineStatusSchema>

/** The contract's view of a status: shape and units are those of `GET /health`. */
export const healthOf = (status: EngineStatus): Health => ({
  status: status.state,
  queue_size: status.jobs.waiting + status.jobs.delayed + status.jobs.active,
  metrics: status.metrics,
  last_event: status.lastEventAt,
})
