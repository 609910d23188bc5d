import type { Database } from '../foundation/database.ts'

/** Facts about the queue that have to outlive a restart. */
export interface QueueNotes {
  /** Updates were turned away, or may have been missed: the folder has to be compared with Notion as a whole. */
  isCatchUpDue(): boolean
  /** Within a transaction. The first reason stays. */
  noteCatchUpDue(now: number): void
}

const CATCH_UP = 'catch_up_due'

export const createQueueNotes = (database: Database): QueueNotes => ({
  isCatchUpDue: () => database.sql('SELECT 1 FROM note WHERE name = ?').get(CATCH_UP) !== undefined,
  noteCatchUpDue: (now) => {
    database.sql('INSERT OR IGNORE INTO note (name, value) VALUES (?, ?)').run(CATCH_UP, String(now))
  },
})
