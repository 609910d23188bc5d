import type { FolderNotice } from '../cache/folder-change.ts'
import type { Log } from '../foundation/log.ts'
import type { QueueNotes } from './notes.ts'

/** What a start found. */
export interface Found {
  readonly folder: FolderNotice
  /** Where the last damaged database lies; null where there is none. */
  readonly setAside: string | null
}

export interface BeginningParts {
  readonly notes: QueueNotes
  /** Within a transaction: fetches all pages that are held. */
  readonly fetchHeldPages: (sourceId: null) => void
  readonly log: Log
}

/** Stores what follows from what a start found; within a transaction, the same that settles the finding. */
export const storeBeginning = ({ notes, fetchHeldPages, log }: BeginningParts, found: Found, now: number): void => {
  const { folder, setAside } = found
  const isNewIndex = folder === 'new' || folder === 'begun anew'
  if (isNewIndex && setAside !== null) {
    log.error({ file: setAside }, 'The queue’s database was damaged. It was set aside, and a new one begun')
    notes.noteLoss()
  }
  if (folder === 'begun anew' || (isNewIndex && setAside !== null)) notes.noteCatchUpDue(now)
  if (folder === 'other') fetchHeldPages(null)
  // Whoever moved it away has seen it.
  if (setAside === null) notes.clearLoss()
}
