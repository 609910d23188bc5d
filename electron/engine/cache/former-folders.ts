import { join } from 'node:path'
import type { Database } from '../foundation/database.ts'
import type { Disk } from '../foundation/disk.ts'
import type { CacheFolders } from './folders.ts'
import type { LeftFiles } from './left-files.ts'

interface FormerFile {
  readonly name: string
  readonly size_bytes: number
  readonly modified_ns: string
  readonly inode: string
}

const isAsWritten = async (disk: Disk, { root }: CacheFolders, file: FormerFile): Promise<boolean> => {
  const found = await disk.facts(join(root, file.name))
  return found?.sizeBytes === file.size_bytes && found.modifiedNs === file.modified_ns && found.inode === file.inode
}

/** Whether the index described this folder before the one that it describes now. */
export const isFormerFolder = (database: Database, { root }: CacheFolders): boolean =>
  database.sql('SELECT 1 FROM former_folder WHERE path = ?').get(root) !== undefined

/** Within the transaction that notes the new folder: what stands in the old one is out of date from then on. */
export const noteFormerFolder = (database: Database, path: string, { root }: CacheFolders): void => {
  for (const each of [path, root]) {
    database.sql('DELETE FROM former_folder WHERE path = ?').run(each)
    database.sql('DELETE FROM former_database_file WHERE path = ?').run(each)
  }
  database.sql('INSERT INTO former_folder (path) VALUES (?)').run(path)
  for (const facts of ['file_facts', 'pending_facts']) {
    database
      .sql(
        `INSERT OR IGNORE INTO former_database_file (path, name, size_bytes, modified_ns, inode)
         SELECT ?, file_name, json_extract(${facts}, '$.sizeBytes'), json_extract(${facts}, '$.modifiedNs'),
           json_extract(${facts}, '$.inode')
         FROM database WHERE file_name IS NOT NULL AND ${facts} IS NOT NULL`,
      )
      .run(path)
  }
}

/** Whether the database files there are the ones that the index wrote last: then the folder that it describes was moved here. */
export const isMovedWhole = async (database: Database, disk: Disk, folders: CacheFolders): Promise<boolean> => {
  const written = database
    .sql(
      `SELECT file_name AS name, json_extract(file_facts, '$.sizeBytes') AS size_bytes,
         json_extract(file_facts, '$.modifiedNs') AS modified_ns, json_extract(file_facts, '$.inode') AS inode
       FROM database WHERE file_name IS NOT NULL AND file_facts IS NOT NULL`,
    )
    .all<FormerFile>()
  for (const file of written) {
    if (!(await isAsWritten(disk, folders, file))) return false
  }
  return written.length > 0
}

/**
 * Moves what the index wrote in this folder to its trash: pages were renamed, changed and removed since, and nobody would
 * look for their files. A database file that is not as it was written stays: a person has changed it.
 */
export const clearFormerFolder = async (
  database: Database,
  disk: Disk,
  folders: CacheFolders,
  left: LeftFiles,
): Promise<void> => {
  const written = database
    .sql('SELECT name, size_bytes, modified_ns, inode FROM former_database_file WHERE path = ?')
    .all<FormerFile>(folders.root)
  for (const file of written) {
    if (await isAsWritten(disk, folders, file)) await left.clearDatabaseFile(file.name)
  }
  await left.clearPages()
}
