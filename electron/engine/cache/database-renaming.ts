import { join } from 'node:path'
import type { NotionId } from '../../../shared/ids.ts'
import type { Gate } from '../foundation/gate.ts'
import type { DatabaseFileParts } from './database-file.ts'

export interface RenamingRow {
  readonly id: NotionId
  readonly folder_name: string | null
  readonly file_name: string | null
  readonly next_folder_name: string | null
  readonly next_file_name: string | null
}

/**
 * Carries out a planned renaming of a database: its folder of page files, then its file where that is ours.
 * Safe to run again after a crash at any point. Where something else already bears the new name, the old one stays.
 */
export const renameDatabase = async (
  parts: DatabaseFileParts,
  gate: Gate,
  row: RenamingRow,
  isOurFile: (fileName: string) => Promise<boolean>,
): Promise<void> => {
  const { disk, database, commits, flush, folders } = parts
  const { folder_name: folder, file_name: file, next_folder_name: nextFolder, next_file_name: nextFile } = row
  if (folder === null || file === null || nextFolder === null || nextFile === null) return

  const moveIfThere = async (from: string, to: string): Promise<'moved' | 'nothing' | 'taken'> => {
    const found = await disk.facts(from)
    if (from === to || found === null) return 'nothing'
    // The same file under another spelling, on a disk that folds case, is not in the way of itself.
    const there = await disk.facts(to)
    if (there !== null && there.inode !== found.inode) return 'taken'
    await disk.rename(from, to)
    return 'moved'
  }

  const folderPath = join(folders.pages, folder)
  const nextFolderPath = join(folders.pages, nextFolder)

  const moveFileAndStore = async (folderMove: 'moved' | 'nothing' | 'taken'): Promise<void> => {
    if ((await disk.facts(nextFolderPath)) !== null) await flush.flush(folders.pages)
    const isOurs = file === nextFile || (await isOurFile(file))
    const fileMove = isOurs ? await moveIfThere(join(folders.root, file), join(folders.root, nextFile)) : 'nothing'
    await flush.flush(folders.root)
    // Not waited for: a flush that fails is no reason to take back what is stored, and a power cut that takes the commit
    // leaves the renaming planned.
    await commits.runQuick(() => {
      database
        .sql(
          `UPDATE database SET folder_name = ?, file_name = ?, next_folder_name = NULL, next_file_name = NULL,
             file_facts = CASE WHEN ? THEN file_facts END, pending_facts = CASE WHEN ? THEN pending_facts END
           WHERE id = ?`,
        )
        .run(
          folderMove === 'taken' ? folder : nextFolder,
          fileMove === 'taken' ? file : nextFile,
          Number(isOurs),
          Number(isOurs),
          row.id,
        )
      // What an index that is lost left in the folder has moved with it.
      if (folderMove !== 'taken') {
        database.sql('UPDATE OR REPLACE left_page_file SET folder = ? WHERE folder = ?').run(nextFolder, folder)
      }
    })
  }

  await gate.alone(async () => {
    const folderMove = await moveIfThere(folderPath, nextFolderPath)
    try {
      await moveFileAndStore(folderMove)
    } catch (error) {
      // Page files are looked for under the name that is stored: until the new one is, they have to be found there.
      if (folderMove === 'moved') await disk.rename(nextFolderPath, folderPath).catch(() => undefined)
      throw error
    }
  })
}
