import type { NotionId } from '../../../shared/ids.ts'
import type { Database } from '../foundation/database.ts'
import { longPageFileName, nameKey, pageFileName } from './names.ts'

export interface ClaimedFile {
  readonly databaseId: NotionId
  readonly name: string
}

/**
 * Which page owns which file name. A name is claimed in a commit before the file is written, so every file that a
 * crash can leave behind is known and gets removed by the page's next change. All within a transaction.
 */
export interface PageNames {
  /** The name for this title in this database: the short one, or the long one where the short one is another page's. */
  claim(databaseId: NotionId, title: string, pageId: NotionId): string
  /** The name that was claimed for this title. */
  claimed(databaseId: NotionId, title: string, pageId: NotionId): string
  /** Every file that may exist for the page. */
  of(pageId: NotionId): readonly ClaimedFile[]
  /** Gives up all names of the page but the one kept (null: all). */
  release(pageId: NotionId, kept: ClaimedFile | null): void
  /** Claims the name in the trash: the file's own, or one with the whole id where that is another page's. */
  claimTrash(pageId: NotionId, fileName: string): void
}

export const createPageNames = (database: Database): PageNames => {
  const owner = (databaseId: NotionId, name: string): string | undefined =>
    database
      .sql('SELECT page_id FROM page_file WHERE database_id = ? AND name_key = ?')
      .get<{ page_id: string }>(databaseId, nameKey(name))?.page_id

  return {
    claim: (databaseId, title, pageId) => {
      const short = pageFileName(title, pageId)
      const shortOwner = owner(databaseId, short)
      const name = shortOwner === undefined || shortOwner === pageId ? short : longPageFileName(title, pageId)
      database
        .sql('INSERT OR IGNORE INTO page_file (database_id, name_key, name, page_id) VALUES (?, ?, ?, ?)')
        .run(databaseId, nameKey(name), name, pageId)
      return name
    },
    claimed: (databaseId, title, pageId) => {
      const short = pageFileName(title, pageId)
      return owner(databaseId, short) === pageId ? short : longPageFileName(title, pageId)
    },
    of: (pageId) =>
      database
        .sql('SELECT database_id, name FROM page_file WHERE page_id = ?')
        .all<{ database_id: string; name: string }>(pageId)
        .map((row) => ({ databaseId: row.database_id, name: row.name })),
    release: (pageId, kept) => {
      database
        .sql('DELETE FROM page_file WHERE page_id = ? AND NOT (database_id = ? AND name = ?)')
        .run(pageId, kept?.databaseId ?? '', kept?.name ?? '')
    },
    claimTrash: (pageId, fileName) => {
      const isTaken = (name: string): boolean =>
        database.sql('SELECT 1 FROM record WHERE trash_key = ? AND page_id <> ?').get(nameKey(name), pageId) !==
        undefined
      const name = isTaken(fileName) ? fileName.replace(/ \([0-9a-f]+\)\.json$/, ` (${pageId}).json`) : fileName
      database.sql('UPDATE record SET trash_name = ?, trash_key = ? WHERE page_id = ?').run(name, nameKey(name), pageId)
    },
  }
}
