import { entityKey } from '../../../shared/entities.ts'
import type { NotionId } from '../../../shared/ids.ts'
import type { Database } from '../foundation/database.ts'
import { type FlatRecord, referencesOf } from './flat-record.ts'
import type { RemoveChange, WriteChange } from './plan.ts'

export interface HeldRecord {
  readonly pageId: NotionId
  readonly databaseId: NotionId
  readonly sourceId: NotionId
  readonly title: string
  readonly revision: number
  /** As Notion gave it, with the minute as its finest unit; null where it gave none. */
  readonly lastEditedTime: string | null
  readonly fingerprint: string
  readonly fileName: string
  readonly trashName: string | null
  readonly isRemoved: boolean
}

/** Null where Notion does not show the page to us. */
export interface PageTitle {
  readonly pageId: NotionId
  readonly title: string | null
}

/** What is known of every page that we hold, or held: the row stays after a removal, so that its revision goes on. */
export interface RecordIndex {
  record(pageId: NotionId): HeldRecord | null
  /** The pages held of a data source, or all. */
  heldPages(sourceId: NotionId | null): readonly NotionId[]
  /** The newest of them, by the keys of their entities. */
  heldEntities(limit: number): readonly string[]
  /** True for a page whose file is in the cache (and not in its trash). */
  holds(pageId: NotionId): boolean
  /** Pages that the record shows and whose title is not known: not held, and not asked for since `freshAfter` (ms). */
  titlesWanted(record: FlatRecord, freshAfter: number): readonly NotionId[]
  /** The following are called within a transaction. */
  write(change: WriteChange, fileName: string): void
  /** Titles of pages that are not held. */
  storeTitles(titles: readonly PageTitle[], now: number): void
  remove(change: RemoveChange): void
}

interface RecordRow {
  readonly page_id: string
  readonly database_id: string
  readonly source_id: string
  readonly title: string
  readonly revision: number
  readonly last_edited_time: string | null
  readonly fingerprint: string
  readonly file_name: string
  readonly trash_name: string | null
  readonly is_removed: number
}

export const createRecordIndex = (database: Database): RecordIndex => {
  const record = (pageId: NotionId): HeldRecord | null => {
    const row = database
      .sql(
        `SELECT page_id, database_id, source_id, title, revision, last_edited_time, fingerprint, file_name, trash_name, is_removed
         FROM record WHERE page_id = ?`,
      )
      .get<RecordRow>(pageId)
    if (row === undefined) return null
    return {
      pageId: row.page_id,
      databaseId: row.database_id,
      sourceId: row.source_id,
      title: row.title,
      revision: row.revision,
      lastEditedTime: row.last_edited_time,
      fingerprint: row.fingerprint,
      fileName: row.file_name,
      trashName: row.trash_name,
      isRemoved: row.is_removed === 1,
    }
  }

  const markDirty = (databaseId: NotionId): void => {
    database.sql('UPDATE database SET dirty = dirty + 1 WHERE id = ?').run(databaseId)
  }

  const replaceReferences = (pageId: NotionId, targets: readonly NotionId[]): void => {
    database.sql('DELETE FROM reference WHERE page_id = ?').run(pageId)
    const insert = database.sql('INSERT INTO reference (target_id, page_id) VALUES (?, ?)')
    for (const target of targets) insert.run(target, pageId)
  }

  /** Records show the titles of related pages: theirs have to be rendered again when a title changes. */
  const renderReferrersAgain = (pageId: NotionId): void => {
    database
      .sql(
        `UPDATE database SET dirty = dirty + 1 WHERE id IN (
           SELECT r.database_id FROM reference f JOIN record r ON r.page_id = f.page_id
           WHERE f.target_id = ? AND r.is_removed = 0)`,
      )
      .run(pageId)
    database
      .sql('UPDATE record SET text = NULL WHERE page_id IN (SELECT page_id FROM reference WHERE target_id = ?)')
      .run(pageId)
  }

  const storeTitles = (titles: readonly PageTitle[], now: number): void => {
    const store = database.sql(
      `INSERT INTO foreign_title (page_id, title, checked_at) VALUES (?, ?, ?)
       ON CONFLICT (page_id) DO UPDATE SET title = excluded.title, checked_at = excluded.checked_at`,
    )
    const titleBefore = database.sql('SELECT title FROM foreign_title WHERE page_id = ?')
    for (const { pageId, title } of titles) {
      const before = titleBefore.get<{ title: string | null }>(pageId)?.title ?? null
      store.run(pageId, title, now)
      if (before !== title) renderReferrersAgain(pageId)
    }
  }

  const isTitleKnown = (pageId: NotionId, freshAfter: number): boolean =>
    database.sql('SELECT 1 FROM record WHERE page_id = ?').get(pageId) !== undefined ||
    database.sql('SELECT 1 FROM foreign_title WHERE page_id = ? AND checked_at > ?').get(pageId, freshAfter) !==
      undefined

  return {
    record,
    heldPages: (sourceId) =>
      database
        .sql('SELECT page_id FROM record WHERE is_removed = 0 AND (?1 IS NULL OR source_id = ?1)')
        .all<{ page_id: string }>(sourceId)
        .map((row) => row.page_id),
    heldEntities: (limit) =>
      database
        .sql('SELECT page_id FROM record WHERE is_removed = 0 ORDER BY seq DESC LIMIT ?')
        .all<{ page_id: NotionId }>(limit)
        .map(({ page_id: id }) => entityKey({ kind: 'page', id })),
    holds: (pageId) =>
      database.sql('SELECT 1 FROM record WHERE page_id = ? AND is_removed = 0').get(pageId) !== undefined,
    titlesWanted: (flat, freshAfter) => referencesOf(flat).filter((id) => !isTitleKnown(id, freshAfter)),
    storeTitles,
    write: (change, fileName) => {
      const before = record(change.pageId)
      database
        .sql(
          `INSERT INTO record (page_id, database_id, source_id, title, revision, last_edited_time, fingerprint,
             file_name, trash_name, is_removed, flat, text)
           VALUES (?, ?, ?, ?, ?, ?, ?, ?, NULL, 0, ?, NULL)
           ON CONFLICT (page_id) DO UPDATE SET database_id = excluded.database_id, source_id = excluded.source_id,
             title = excluded.title, revision = excluded.revision, last_edited_time = excluded.last_edited_time,
             fingerprint = excluded.fingerprint, file_name = excluded.file_name, trash_name = NULL, trash_key = NULL, is_removed = 0,
             flat = excluded.flat, text = NULL`,
        )
        .run(
          change.pageId,
          change.databaseId,
          change.sourceId,
          change.title,
          change.file.sync.revision,
          change.lastEditedTime,
          change.fingerprint,
          fileName,
          JSON.stringify(change.flat),
        )
      replaceReferences(change.pageId, referencesOf(change.flat))
      if (before?.title !== change.title) renderReferrersAgain(change.pageId)
      if (before !== null && before.databaseId !== change.databaseId) markDirty(before.databaseId)
      markDirty(change.databaseId)
    },
    remove: (change) => {
      const before = record(change.pageId)
      if (before === null) return
      database
        .sql('UPDATE record SET is_removed = 1, revision = revision + 1, text = NULL WHERE page_id = ?')
        .run(change.pageId)
      database.sql('DELETE FROM reference WHERE page_id = ?').run(change.pageId)
      markDirty(before.databaseId)
    },
  }
}
