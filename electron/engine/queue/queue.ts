import type { Clock } from '../foundation/clock.ts'
import type { Database } from '../foundation/database.ts'
import type { GroupCommit } from '../foundation/group-commit.ts'
import type { Log } from '../foundation/log.ts'
import { createEventStore, type EventStore } from './event-store.ts'
import { createJobStore, type JobStore } from './job-store.ts'
import { createQueueNotes, type QueueNotes } from './notes.ts'
import { createPeopleAtQueue, type PeopleAtQueue } from './people.ts'
import { createPruning, type Pruning } from './retention.ts'

/** The stage that owns events and jobs. */
export interface Queue {
  readonly events: EventStore
  readonly jobs: JobStore
  readonly notes: QueueNotes
  readonly people: PeopleAtQueue
  readonly pruning: Pruning
}

export interface QueueOptions {
  readonly database: Database
  readonly commits: GroupCommit
  readonly clock: Clock
  readonly log: Log
  readonly queueSize: number
  readonly quietMs: number
}

/** All quiet times of one burst together, unless the setting is longer. */
const LONGEST_BURST_MS = 30_000

export const openQueue = ({ database, commits, clock, log, queueSize, quietMs }: QueueOptions): Queue => {
  const quiet = { quietMs, longestMs: Math.max(LONGEST_BURST_MS, quietMs) }
  const jobs = createJobStore(database, quiet.longestMs)
  return {
    events: createEventStore(database, queueSize, quiet),
    jobs,
    notes: createQueueNotes(database),
    people: createPeopleAtQueue(database, jobs),
    pruning: createPruning(database, commits, clock, log),
  }
}
