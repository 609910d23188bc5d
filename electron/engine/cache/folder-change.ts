import type { NotionId } from '../../../shared/ids.ts'
import type { Database } from '../foundation/database.ts'
import type { DatabaseFiles } from './database-files.ts'

/**
 * Notes which folder the record index describes. True where it described another one until now: the database files are
 * due, and the page files have to be looked for. What we wrote is still known as ours where the folder was moved whole.
 */
export const noticeFolder = (database: Database, path: string): boolean =>
  database.transaction(() => {
    const known = database.sql('SELECT path FROM cache_folder').get<{ path: string }>()?.path
    if (known === path) return false
    database.sql('INSERT OR REPLACE INTO cache_folder (id, path) VALUES (1, ?)').run(path)
    if (known === undefined) return false
    database.sql('UPDATE database SET dirty = dirty + 1').run()
    return true
  })

/** Database files that somebody took away while nothing ran are written anew. */
export const noticeMissingFiles = async (database: Database, files: DatabaseFiles): Promise<void> => {
  const written = database.sql('SELECT id FROM database WHERE file_facts IS NOT NULL').all<{ id: NotionId }>()
  for (const { id } of written) {
    if (await files.exists(id)) continue
    database.sql('UPDATE database SET dirty = dirty + 1 WHERE id = ?').run(id)
  }
}
