import { join } from 'node:path'
import type { NotionId } from '../../../shared/ids.ts'
import type { Gate } from '../foundation/gate.ts'
import type { DatabaseFileParts } from './database-file.ts'
import { nameKey } from './names.ts'

export interface RenamingRow {
  readonly id: NotionId
  readonly folder_name: string | null
  readonly file_name: string | null
  readonly next_folder_name: string | null
  readonly next_file_name: string | null
}

/** Free, or the same file under another spelling on a disk that folds case. */
const mayBecome = async (parts: DatabaseFileParts, from: string, to: string): Promise<boolean> =>
  nameKey(from) === nameKey(to) || (await parts.disk.facts(to)) === null

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
    if (from === to || (await disk.facts(from)) === null) return 'nothing'
    if (!(await mayBecome(parts, from, to))) return 'taken'
    await disk.rename(from, to)
    return 'moved'
  }

  await gate.alone(async () => {
    const folderMove = await moveIfThere(join(folders.pages, folder), join(folders.pages, nextFolder))
    await flush.flush(folders.pages)
    const isOurs = file === nextFile || (await isOurFile(file))
    const fileMove = isOurs ? await moveIfThere(join(folders.root, file), join(folders.root, nextFile)) : 'nothing'
    await flush.flush(folders.root)
    await commits.run(() => {
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
    })
  })
}
