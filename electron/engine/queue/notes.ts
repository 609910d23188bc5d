import type { Database } from '../foundation/database.ts'

/** Facts about the queue that have to outlive a restart. The changes are made within a transaction. */
export interface QueueNotes {
  /** Updates were turned away, or may have been missed: the folder has to be compared with Notion as a whole. */
  isCatchUpDue(): boolean
  /** The first time stays. */
  noteCatchUpDue(now: number): void
  /** A queue was lost, and events with it that had been accepted. */
  hasLoss(): boolean
  noteLoss(): void
  clearLoss(): void
  /** The pause that a person asked for; `until` null: until resumed. Null: not paused. */
  pause(): { readonly until: number | null } | null
  notePause(until: number | null): void
  clearPause(): void
  /** What is left of the probes that may be sent: see the tunnel. */
  probeBudget(): string | null
  noteProbeBudget(text: string): void
  /** The public address that Notion is known to send to: see the tunnel. */
  subscribedAddress(): string | null
  noteSubscribedAddress(text: string): void
}

const CATCH_UP = 'catch_up_due'
const LOSS = 'queue_lost'
const PAUSE = 'paused_until'
const PROBE_BUDGET = 'probe_budget'
const SUBSCRIBED_ADDRESS = 'subscribed_address'
const FOR_EVER = 'resumed'

export const createQueueNotes = (database: Database): QueueNotes => {
  const read = (name: string): string | undefined =>
    database.sql('SELECT value FROM note WHERE name = ?').get<{ value: string }>(name)?.value
  const write = (name: string, value: string): void => {
    database.sql('INSERT OR REPLACE INTO note (name, value) VALUES (?, ?)').run(name, value)
  }
  const remove = (name: string): void => {
    database.sql('DELETE FROM note WHERE name = ?').run(name)
  }
  return {
    isCatchUpDue: () => read(CATCH_UP) !== undefined,
    noteCatchUpDue: (now) => {
      database.sql('INSERT OR IGNORE INTO note (name, value) VALUES (?, ?)').run(CATCH_UP, String(now))
    },
    hasLoss: () => read(LOSS) !== undefined,
    noteLoss: () => {
      database.sql('INSERT OR IGNORE INTO note (name, value) VALUES (?, ?)').run(LOSS, 'damaged')
    },
    clearLoss: () => {
      remove(LOSS)
    },
    pause: () => {
      const value = read(PAUSE)
      return value === undefined ? null : { until: value === FOR_EVER ? null : Number(value) }
    },
    notePause: (until) => {
      write(PAUSE, until === null ? FOR_EVER : String(until))
    },
    clearPause: () => {
      remove(PAUSE)
    },
    probeBudget: () => read(PROBE_BUDGET) ?? null,
    noteProbeBudget: (text) => {
      write(PROBE_BUDGET, text)
    },
    subscribedAddress: () => read(SUBSCRIBED_ADDRESS) ?? null,
    noteSubscribedAddress: (text) => {
      write(SUBSCRIBED_ADDRESS, text)
    },
  }
}
