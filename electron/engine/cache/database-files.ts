import { createHash } from 'node:crypto'
import { join } from 'node:path'
import type { NotionId } from '../../../shared/ids.ts'
import { type DatabaseFileParts, parseWritten, type WrittenFacts, writeDatabaseFile } from './database-file.ts'
import { renameDatabase, type RenamingRow } from './database-renaming.ts'
import type { FileFacts } from '../foundation/disk.ts'
import type { Gate } from '../foundation/gate.ts'

/** foreign: a file stands there that we did not write, or that was changed since; it is left as it is. */
export type DatabaseFileOutcome = 'written' | 'foreign'

export interface DatabaseFiles {
  /** Databases with changes that their file does not show. */
  dirty(): readonly NotionId[]
  write(databaseId: NotionId): Promise<DatabaseFileOutcome>
  fileOf(databaseId: NotionId): string
}

interface Row extends RenamingRow {
  readonly title: string
  readonly dirty: number
  readonly file_facts: string | null
  readonly pending_facts: string | null
}

const looksLike = (found: FileFacts, written: WrittenFacts | null): boolean =>
  written !== null &&
  found.sizeBytes === written.sizeBytes &&
  found.modifiedNs === written.modifiedNs &&
  found.inode === written.inode

export const createDatabaseFiles = (
  parts: DatabaseFileParts,
  gateOf: (databaseId: NotionId) => Gate,
): DatabaseFiles => {
  const { database, disk, folders } = parts
  /** The version of a file that was found to be foreign: it is not read again until it changes. */
  const judged = new Map<NotionId, FileFacts>()

  const rowOf = (id: NotionId): Row | undefined =>
    database
      .sql(
        `SELECT id, title, folder_name, file_name, next_folder_name, next_file_name, dirty, file_facts, pending_facts
         FROM database WHERE id = ?`,
      )
      .get<Row>(id)

  const isOurs = async (row: Row, fileName: string): Promise<boolean> => {
    const path = join(folders.root, fileName)
    const found = await disk.facts(path)
    if (found === null) return true
    const versions = [parseWritten(row.file_facts), parseWritten(row.pending_facts)]
    if (versions.some((version) => looksLike(found, version))) return true
    const known = judged.get(row.id)
    if (known !== undefined && looksLike(found, { ...known, sha256: '' })) return false
    const sha256 = createHash('sha256')
      .update(await disk.readText(path))
      .digest('hex')
    if (versions.some((version) => version?.sha256 === sha256)) return true
    judged.set(row.id, found)
    return false
  }

  return {
    dirty: () =>
      database
        .sql('SELECT id FROM database WHERE dirty > written AND file_name IS NOT NULL')
        .all<{ id: string }>()
        .map((row) => row.id),
    write: async (id) => {
      const before = rowOf(id)
      if (before === undefined) throw new Error(`The database ${id} is not in the catalogue`)
      await renameDatabase(parts, gateOf(id), before, (fileName) => isOurs(before, fileName))
      const row = rowOf(id)
      if (row === undefined || row.file_name === null) throw new Error(`The database ${id} has no file name`)
      if (!(await isOurs(row, row.file_name))) return 'foreign'
      judged.delete(id)
      await writeDatabaseFile(parts, { id, title: row.title, fileName: row.file_name, dirty: row.dirty })
      return 'written'
    },
    fileOf: (id) => join(folders.root, rowOf(id)?.file_name ?? ''),
  }
}
