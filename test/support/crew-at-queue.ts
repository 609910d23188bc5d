import { createGroupCommit } from '../../electron/engine/foundation/group-commit.ts'
import { createRequestBudget } from '../../electron/engine/notion/budget.ts'
import type { PlanResult } from '../../electron/engine/processors/planned.ts'
import type { ClaimedJob } from '../../electron/engine/queue/job-store.ts'
import { openQueue } from '../../electron/engine/queue/queue.ts'
import { createCrew } from '../../electron/engine/worker/crew.ts'
import type { Database } from '../../electron/engine/foundation/database.ts'
import { entityKey } from '../../shared/entities.ts'
import type { Failure } from '../../shared/failures.ts'
import { endOfTurn } from './end-of-turn.ts'
import { page, pageEvent } from './job-making.ts'
import type { ManualClock } from './manual-clock.ts'
import { createMemoryApplier } from './memory-applier.ts'
import { notionId } from './notion-ids.ts'
import { planned } from './planning.ts'
import { createRecordedLog } from './recorded-log.ts'

export interface CrewOptions {
  readonly concurrency?: number
  readonly retryAttempts?: number
  /** Pages that are held since an earlier run, the newest first. */
  readonly held?: readonly number[]
}

/** A real queue and the workers on it; what an attempt comes to is the test's, by the number of its page. */
export const createCrewAtQueue = (database: Database, clock: ManualClock, options: CrewOptions = {}) => {
  const log = createRecordedLog()
  const commits = createGroupCommit(database)
  const budget = createRequestBudget(clock, 100_000)
  const queue = openQueue({ database, commits, clock, log, queueSize: 1_000, quietMs: 0 })
  const applier = createMemoryApplier()
  const plans = new Map<number, () => PlanResult | Promise<PlanResult>>()
  const attempted: number[] = []
  const counted = { completed: 0, failed: 0, delayed: 0, postponed: 0, refunded: 0 }
  /** `witness`: what a page that was given before comes to; each that was asked for. */
  const probe = { count: 0, answer: null as Failure | null, witness: null as Failure | null, asked: [] as number[] }
  /** `refusal` null: the disk has room. */
  const disk = { probes: 0, refusal: null as Error | null }
  const troubles = new Map<string, string | null>()
  let events = 0

  const { worker, flow } = createCrew<ClaimedJob>({
    jobs: queue.jobs,
    commits,
    applier,
    learn: () => undefined,
    learnTitles: () => undefined,
    plan: async (job) => {
      const number = Number.parseInt(job.entity.id, 16)
      attempted.push(number)
      return (await plans.get(number)?.()) ?? planned()
    },
    isEnding: () => false,
    retryAttempts: options.retryAttempts ?? 3,
    concurrency: options.concurrency ?? 1,
    random: () => 0,
    clock,
    log,
    pause: { get: queue.notes.pause },
    rateLimitedUntil: budget.pausedUntil,
    probes: {
      probe: () => {
        probe.count += 1
        return Promise.resolve(probe.answer)
      },
      probeWitness: ({ id }) => {
        probe.asked.push(Number.parseInt(id, 16))
        return Promise.resolve(probe.witness)
      },
      heldEntities: (limit) => (options.held ?? []).slice(0, limit).map((number) => entityKey(page(number))),
    },
    probeDisk: async () => {
      disk.probes += 1
      if (disk.refusal !== null) throw disk.refusal
    },
    counters: {
      processed: () => (counted.completed += 1),
      failed: () => (counted.failed += 1),
      delayed: () => (counted.delayed += 1),
      postponed: () => (counted.postponed += 1),
      refunded: (given) => (counted.refunded += given),
    },
    tell: (code) => (message) => {
      troubles.set(code, message)
    },
    files: { wake: () => undefined, flushNow: () => Promise.resolve(), isSettled: () => true },
    openJobs: queue.jobs.open,
  })

  /** Resolves when everything was done that can be done at this time. */
  const rest = async (): Promise<void> => {
    do await endOfTurn()
    while (!worker.isResting())
  }

  return {
    queue,
    commits,
    budget,
    worker,
    flow,
    log,
    attempted,
    counted,
    probe,
    disk,
    troubles,
    applier,
    /** What the attempts of this page come to from now on. */
    comesTo: (number: number, result: () => PlanResult | Promise<PlanResult>): void => {
      plans.set(number, result)
    },
    /** An event of each page. */
    arrive: (...numbers: readonly number[]): void => {
      for (const number of numbers) {
        events += 1
        queue.events.enqueue(
          pageEvent(`${notionId(number)}-${clock.now()}-${events}`, number, clock.now()),
          page(number),
        )
      }
      worker.wake()
    },
    rest,
    /** Moves time on in steps of a second, each with all that it leads to. */
    pass: async (ms: number): Promise<void> => {
      for (let left = ms; left > 0; left -= 1_000) {
        clock.advance(Math.min(left, 1_000))
        await rest()
      }
    },
    rows: (text: string) => database.sql(text).all<Record<string, unknown>>(),
  }
}
