import { join } from 'node:path'
import { writeWhole } from '../foundation/atomic-file.ts'
import type { Database } from '../foundation/database.ts'
import type { Disk } from '../foundation/disk.ts'
import type { GroupCommit } from '../foundation/group-commit.ts'
import type { CacheFolders } from './folders.ts'

export interface DiskProbeParts {
  readonly disk: Disk
  readonly database: Database
  readonly commits: GroupCommit
  readonly folders: CacheFolders
}

/** As much as a page file of the larger ones: where that finds room, the queue can go on. */
const PROBE_CHARACTERS = 256 * 1024

/**
 * Whether the disks of the cache folder and of the data folder can be written to: a file and a commit as an attempt
 * makes them, of which nothing remains. Rejects with what the disk says.
 */
export const createDiskProbe = ({ disk, database, commits, folders }: DiskProbeParts) => {
  const path = join(folders.temporary, 'disk.probe')
  return async (): Promise<void> => {
    await disk.makeFolder(folders.temporary)
    await writeWhole(disk, path, [' '.repeat(PROBE_CHARACTERS)])
    await disk.remove(path)
    // A row that is put in and taken out again: storing what stands there already would write nothing.
    await commits.run(() => {
      database.sql(`INSERT OR REPLACE INTO watched_title (entry, source_id) VALUES ('', '')`).run()
      database.sql(`DELETE FROM watched_title WHERE entry = '' AND source_id = ''`).run()
    })
  }
}
