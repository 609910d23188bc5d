import { join } from 'node:path'
import { onTestFinished } from 'vitest'
import { type Database, openDatabase } from '../../electron/engine/foundation/database.ts'
import { MIGRATIONS } from '../../electron/engine/queue/migrations.ts'
import { unflushedDisk } from './breaking-disk.ts'
import { temporaryFolder } from './temporary-folder.ts'

/**
 * A real queue in a file of its own, closed after the test; `reopen` is what a restart does.
 * Nobody pulls the plug in these tests: without flushes they take a fraction of the time.
 */
export interface QueueFile {
  readonly path: string
  readonly database: Database
  /** Closes the database where the last opening left it, and opens the file again. */
  reopen(): Database
}

export const createQueueFile = (openFlusher = unflushedDisk.openFlusher): QueueFile => {
  const path = join(temporaryFolder(), 'blackcore.db')
  let open: Database | null = null
  const close = (): void => {
    open?.close()
    open = null
  }
  const reopen = (): Database => {
    close()
    open = openDatabase(path, MIGRATIONS, { openFlusher })
    open.sql('PRAGMA synchronous = OFF').run()
    return open
  }
  onTestFinished(close)
  return { path, database: reopen(), reopen }
}
