import { type Entity, parseEntityKey } from '../../../shared/entities.ts'
import type { Failure } from '../../../shared/failures.ts'
import type { Clock } from '../foundation/clock.ts'
import { errorText, isOfTheDisk } from '../foundation/errors.ts'
import type { GroupCommit } from '../foundation/group-commit.ts'
import type { Log } from '../foundation/log.ts'
import { createSignal } from '../foundation/signal.ts'
import { createFlow, type Flow, type PauseStore } from './flow.ts'
import { createIdleWait, type IdleParts } from './idle-wait.ts'
import { createJobRunner, type OutcomePorts, type RunnerJob, type RunnerParts } from './job-runner.ts'
import { failureOf } from './thrown-failure.ts'
import { createWitnesses } from './witnesses.ts'
import { createWorker, type Worker } from './worker.ts'

/** The queue, as the workers are given it; all but `nextDueAt` within a transaction. */
export interface CrewJobs<Job> extends OutcomePorts<Job> {
  claim(now: number, limit: number): readonly Job[]
  nextDueAt(): number | null
}

export interface CrewParts<Job extends RunnerJob>
  extends Pick<
    RunnerParts<Job>,
    'applier' | 'learn' | 'learnTitles' | 'plan' | 'isEnding' | 'retryAttempts' | 'random'
  > {
  readonly jobs: CrewJobs<Job>
  readonly commits: GroupCommit
  readonly clock: Clock
  readonly log: Log
  readonly concurrency: number
  readonly pause: PauseStore
  readonly rateLimitedUntil: () => number | null
  readonly probes: {
    /** Whether Notion answers at all; null: it does. */
    probe(): Promise<Failure | null>
    /** Whether it gives this one. */
    probeWitness(entity: Entity): Promise<Failure | null>
    /** What Notion gave at some time, by its entity's key, the newest first. */
    readonly heldEntities: (limit: number) => readonly string[]
  }
  /** Writes to the disk as an attempt does; rejects with what the disk says. */
  readonly probeDisk: () => Promise<void>
  readonly counters: {
    processed(events: number, durationMs: number): void
    failed(events: number, durationMs: number): void
    delayed(): void
    /** `refundedEvents`: of failed jobs that wait again. */
    postponed(refundedEvents: number): void
    refunded(events: number): void
  }
  /** What is broken at this moment, by its code: see the status. */
  readonly tell: (code: string) => (message: string | null) => void
  /** The database files, which follow the records. */
  readonly files: IdleParts['files'] & { wake(): void }
  readonly openJobs: () => number
}

/** The stage that works: so many jobs at once, and one decision for all whether any may be claimed. */
export interface Crew {
  readonly worker: Worker
  readonly flow: Flow
  /** Resolves when no job is open and every database file shows every change, or cannot. */
  readonly whenIdle: () => Promise<void>
}

export const createCrew = <Job extends RunnerJob>(parts: CrewParts<Job>): Crew => {
  const { jobs, commits, clock, log, counters, files } = parts
  const changed = createSignal()
  const witnesses = createWitnesses(parts.probes.heldEntities)
  let owed: readonly number[] = []

  /** What a refusing disk does not let us give back is given back when it has room. */
  const giveBack = (jobIds: readonly number[]): void => {
    const given = [...owed, ...jobIds]
    owed = []
    if (given.length === 0) return
    commits
      .runQuick(() => jobs.refund(given, clock.now()))
      .then(counters.refunded)
      .catch((error: unknown) => {
        owed = [...owed, ...given]
        log.error({ jobs: given, error: errorText(error) }, 'Attempts that an outage cost cannot be given back yet')
      })
  }

  const flow = createFlow({
    clock,
    log,
    pause: parts.pause,
    rateLimitedUntil: parts.rateLimitedUntil,
    probe: async () => {
      const failure = await parts.probes.probe()
      const witness = failure === null ? witnesses.next() : null
      if (witness === null) return failure
      const refusal = await parts.probes.probeWitness(parseEntityKey(witness))
      const shared = refusal?.stops === 'notion' ? refusal : null
      witnesses.probed(witness, shared)
      return shared
    },
    probeDisk: async () => {
      try {
        await parts.probeDisk()
        return null
      } catch (error) {
        if (!isOfTheDisk(error)) throw error
        return failureOf(error)
      }
    },
    refund: giveBack,
    onOpen: () => {
      giveBack([])
      worker.wake()
    },
  })
  const run = createJobRunner<Job>({
    ...parts,
    attemptEnded: (entity, jobId, failure) => {
      witnesses.ended(entity, failure)
      return flow.attemptEnded(entity, jobId, failure)
    },
    leastDelayMs: flow.leastDelayMs,
    onTrouble: parts.tell('working'),
    onProcessed: counters.processed,
    onFailed: counters.failed,
    onDelayed: counters.delayed,
    onPostponed: counters.postponed,
  })
  const worker = createWorker<Job>(
    {
      claim: (limit) =>
        flow.hold() === null ? commits.runQuick(() => jobs.claim(clock.now(), limit)) : Promise.resolve([]),
      nextDueAt: () => (flow.hold() === null ? jobs.nextDueAt() : flow.opensAt()),
      run,
      onChange: () => {
        files.wake()
        changed.notify()
      },
      onTrouble: parts.tell('claiming'),
    },
    parts.concurrency,
    clock,
    log,
  )
  return { worker, flow, whenIdle: createIdleWait({ openJobs: parts.openJobs, worker, files, changed }) }
}
