import type { NotionId } from '../../../shared/ids.ts'
import type { Database } from '../foundation/database.ts'
import type { Disk } from '../foundation/disk.ts'
import type { DatabaseFiles } from './database-files.ts'
import type { CacheFolders } from './folders.ts'
import { clearFormerFolder, isFormerFolder, isMovedWhole, noteFormerFolder } from './former-folders.ts'
import { findLeftFiles, type LeftFiles, noteLeftFiles } from './left-files.ts'

/**
 * What the folder is to the index.
 * other: it described another one until now: the database files are due, and the page files have to be looked for. What
 * we wrote is still known as ours where the folder was moved whole. One that the index described before it is cleared of
 * what is out of date since.
 * begun anew: the index was just begun, and one that is lost has written there.
 */
export type FolderNotice = 'known' | 'new' | 'other' | 'begun anew'

/**
 * Notes which folder the record index describes, before anything is written there. What it is found to be is said at
 * each start until `settleFolder`: what follows from it is stored with that.
 */
export const noticeFolder = async (
  database: Database,
  disk: Disk,
  folders: CacheFolders,
  leftFiles: LeftFiles,
): Promise<FolderNotice> => {
  const known = database
    .sql('SELECT path, to_settle FROM cache_folder')
    .get<{ path: string; to_settle: FolderNotice | null }>()
  if (known?.path === folders.root) return known.to_settle ?? 'known'
  const pending = known?.to_settle ?? null
  // A start that was broken off leaves an index which nothing was written from: it is as new in the next folder.
  const isNew = known === undefined || pending === 'new' || pending === 'begun anew'
  const left = isNew ? await findLeftFiles(disk, folders) : null
  const isBegunAnew = left !== null || pending === 'begun anew'
  const notice = isNew ? (isBegunAnew ? 'begun anew' : 'new') : 'other'
  if (!isNew && isFormerFolder(database, folders) && !(await isMovedWhole(database, disk, folders))) {
    await clearFormerFolder(database, disk, folders, leftFiles)
  }
  database.transaction(() => {
    if (!isNew) noteFormerFolder(database, known.path, folders)
    database
      .sql('INSERT OR REPLACE INTO cache_folder (id, path, to_settle) VALUES (1, ?, ?)')
      .run(folders.root, notice satisfies FolderNotice)
    noteLeftFiles(database, left)
    if (!isNew) database.sql('UPDATE database SET dirty = dirty + 1').run()
  })
  return notice
}

/** Within the transaction that stores what follows from the notice. */
export const settleFolder = (database: Database): void => {
  database.sql('UPDATE cache_folder SET to_settle = NULL').run()
}

/** Database files that somebody took away while nothing ran are written anew. */
export const noticeMissingFiles = async (database: Database, files: DatabaseFiles): Promise<void> => {
  const written = database.sql('SELECT id FROM database WHERE file_facts IS NOT NULL').all<{ id: NotionId }>()
  for (const { id } of written) {
    if (await files.exists(id)) continue
    database.sql('UPDATE database SET dirty = dirty + 1 WHERE id = ?').run(id)
  }
}
