import { createHash } from 'node:crypto'
import { join } from 'node:path'
import type { NotionId } from '../../../shared/ids.ts'
import {
  type DatabaseFileOutcome,
  type DatabaseFileParts,
  parseWritten,
  type WrittenFacts,
  writeDatabaseFile,
} from './database-file.ts'
import { renameDatabase, type RenamingRow } from './database-renaming.ts'
import type { FileFacts } from '../foundation/disk.ts'
import type { Gate } from '../foundation/gate.ts'

export interface DatabaseFiles {
  /** Databases with changes that their file does not show. */
  dirty(): readonly NotionId[]
  write(databaseId: NotionId): Promise<DatabaseFileOutcome>
  /**
   * For the start: a crash may have left a renaming half done, and page files are looked for under one name. One that
   * fails is told after the others were tried.
   */
  finishRenamings(): Promise<void>
  fileOf(databaseId: NotionId): string
  exists(databaseId: NotionId): Promise<boolean>
}

interface Row extends RenamingRow {
  readonly title: string
  readonly dirty: number
  readonly written: number
  readonly file_facts: string | null
  readonly pending_facts: string | null
}

/**
 * What stands in a database file's place: nothing, a version that we wrote, what an index that is lost left there and
 * this one has not replaced yet, or a stranger's file.
 */
type Standing =
  | { readonly kind: 'nothing' }
  | { readonly kind: 'ours'; readonly version: WrittenFacts }
  | { readonly kind: 'left' }
  | { readonly kind: 'foreign' }

const looksLike = (found: FileFacts, written: FileFacts): boolean =>
  found.sizeBytes === written.sizeBytes && found.modifiedNs === written.modifiedNs && found.inode === written.inode

export const createDatabaseFiles = (
  parts: DatabaseFileParts,
  gateOf: (databaseId: NotionId) => Gate,
): DatabaseFiles => {
  const { database, disk, folders, left } = parts
  /** The version of a file that was found to be foreign: it is not read again until it changes. */
  const judged = new Map<NotionId, FileFacts>()

  const rowOf = (id: NotionId): Row | undefined =>
    database
      .sql(
        `SELECT id, title, folder_name, file_name, next_folder_name, next_file_name, dirty, written, file_facts, pending_facts
         FROM database WHERE id = ?`,
      )
      .get<Row>(id)

  const standingAt = async (row: Row, fileName: string): Promise<Standing> => {
    const path = join(folders.root, fileName)
    const found = await disk.facts(path)
    if (found === null) return { kind: 'nothing' }
    const versions = [parseWritten(row.file_facts), parseWritten(row.pending_facts)].filter((it) => it !== null)
    const same = versions.find((version) => looksLike(found, version))
    if (same !== undefined) return { kind: 'ours', version: same }
    if (versions.length === 0 && row.written === 0 && left.isLeft(fileName, found)) return { kind: 'left' }
    const known = judged.get(row.id)
    if (known !== undefined && looksLike(found, known)) return { kind: 'foreign' }
    const sha256 = createHash('sha256')
      .update(await disk.readText(path))
      .digest('hex')
    const copied = versions.find((version) => version.sha256 === sha256)
    if (copied !== undefined) return { kind: 'ours', version: copied }
    judged.set(row.id, found)
    return { kind: 'foreign' }
  }

  const isReplaceable = async (row: Row, fileName: string): Promise<boolean> => {
    const { kind } = await standingAt(row, fileName)
    return kind === 'nothing' || kind === 'ours'
  }

  const makeWay = async (row: Row, fileName: string): Promise<void> => {
    if ((await standingAt(row, fileName)).kind === 'left') await left.clearDatabaseFile(fileName)
  }

  const rename = async (row: Row): Promise<void> => {
    // Under its old name nobody would look for it again.
    if (row.next_file_name !== null && row.file_name !== null) await makeWay(row, row.file_name)
    await renameDatabase(parts, gateOf(row.id), row, (name) => isReplaceable(row, name))
  }

  const fileOf = (id: NotionId): string => join(folders.root, rowOf(id)?.file_name ?? '')

  return {
    dirty: () =>
      database
        .sql('SELECT id FROM database WHERE dirty > written AND file_name IS NOT NULL')
        .all<{ id: string }>()
        .map((row) => row.id),
    write: async (id) => {
      const before = rowOf(id)
      if (before === undefined) throw new Error(`The database ${id} is not in the catalogue`)
      await rename(before)
      const row = rowOf(id)
      const fileName = row?.file_name ?? null
      if (row === undefined || fileName === null) throw new Error(`The database ${id} has no file name`)
      const { title, dirty } = row
      const standing = await standingAt(row, fileName)
      if (standing.kind === 'foreign') return 'foreign'
      judged.delete(id)
      return writeDatabaseFile(parts, {
        id,
        title,
        fileName,
        dirty,
        standing: standing.kind === 'ours' ? standing.version : null,
        makeWay: () => makeWay(row, fileName),
        mayReplace: () => isReplaceable(row, fileName),
      })
    },
    finishRenamings: async () => {
      const planned = database.sql('SELECT id FROM database WHERE next_folder_name IS NOT NULL').all<{ id: string }>()
      const rows = planned.map(({ id }) => rowOf(id)).filter((row) => row !== undefined)
      const ends = await Promise.allSettled(rows.map(rename))
      for (const end of ends) if (end.status === 'rejected') throw end.reason
    },
    fileOf,
    exists: async (id) => (await disk.facts(fileOf(id))) !== null,
  }
}
