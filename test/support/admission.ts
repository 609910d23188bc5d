import { createGroupCommit, type GroupCommit } from '../../electron/engine/foundation/group-commit.ts'
import { type Admission, createAdmission } from '../../electron/engine/intake/admission.ts'
import { createFilter, type FilterView } from '../../electron/engine/intake/filter.ts'
import { createEventStore, type EventStore } from '../../electron/engine/queue/event-store.ts'
import { createJobStore, type JobStore } from '../../electron/engine/queue/job-store.ts'
import { createQueueNotes, type QueueNotes } from '../../electron/engine/queue/notes.ts'
import type { Database } from '../../electron/engine/foundation/database.ts'
import { EVENT_TYPES } from '../../shared/events.ts'
import { createManualClock, type ManualClock } from './manual-clock.ts'
import { createQueueFile, type QueueFile } from './queue-file.ts'
import { createRecordedLog } from './recorded-log.ts'

/** The intake behind the listener, as the engine builds it, on a real queue. */
export interface Intake extends Admission {
  readonly database: Database
  readonly store: EventStore
  readonly jobs: JobStore
  readonly notes: QueueNotes
  readonly commits: GroupCommit
  readonly log: ReturnType<typeof createRecordedLog>
  /** How often the worker was woken. */
  readonly wakes: () => number
  /** What kept deliveries from being taken, as it was told. */
  readonly troubles: readonly (string | null)[]
  admitEvent(event: object): ReturnType<Admission['admit']>
  /** The events in the file, in order of arrival. */
  events(): readonly Readonly<Record<string, unknown>>[]
}

export interface IntakeOptions {
  readonly queue?: QueueFile
  readonly queueSize?: number
  readonly view?: Partial<FilterView>
  readonly clock?: ManualClock
}

/** Every type is selected, and every database is watched, unless the view says otherwise. */
export const createIntake = (options: IntakeOptions = {}): Intake => {
  const { queueSize = 1_000, clock = createManualClock() } = options
  const database = options.queue?.reopen() ?? createQueueFile().database
  const store = createEventStore(database, queueSize, { quietMs: 5_000, longestMs: 30_000 })
  const notes = createQueueNotes(database)
  const commits = createGroupCommit(database)
  const log = createRecordedLog()
  let wakes = 0
  const troubles: (string | null)[] = []
  const view: FilterView = {
    workspaceId: () => null,
    sourceVerdict: () => 'watched',
    databaseVerdict: () => 'watched',
    isAnyUnresolved: () => false,
    holds: () => false,
    ...options.view,
  }
  const { admit } = createAdmission({
    store,
    notes,
    commits,
    filter: createFilter(new Set(EVENT_TYPES), view),
    log,
    now: clock.now,
    onTrouble: (message) => {
      troubles.push(message)
    },
    onQueued: () => {
      wakes += 1
    },
  })
  return {
    admit,
    database,
    store,
    jobs: createJobStore(database),
    notes,
    commits,
    log,
    wakes: () => wakes,
    troubles,
    admitEvent: (event) => admit(Buffer.from(JSON.stringify(event))),
    events: () => database.sql('SELECT * FROM event ORDER BY seq').all<Record<string, unknown>>(),
  }
}
