import { z } from 'zod'
import type { NotionId } from '../../../shared/ids.ts'
import { namedSchema } from '../../../shared/records.ts'
import type { Database, Snapshot } from '../foundation/database.ts'
import type { GroupCommit } from '../foundation/group-commit.ts'
import { renderRecord } from './flat-record.ts'

/** Brings the stored texts of a database's records up to date. */
export interface RecordRenderer {
  /** A state of the index in which no record of the database lacks its text; the caller closes it. */
  renderedSnapshot(databaseId: NotionId): Promise<Snapshot>
}

/** Rendered in one turn of the event loop. */
const RECORDS_PER_TURN = 100

const flatSchema = namedSchema(z.unknown())

export const createRecordRenderer = (database: Database, commits: GroupCommit): RecordRenderer => {
  const titleFor = (pageId: NotionId): string | null => {
    const row =
      database.sql('SELECT title FROM record WHERE page_id = ?').get<{ title: string | null }>(pageId) ??
      database.sql('SELECT title FROM foreign_title WHERE page_id = ?').get<{ title: string | null }>(pageId)
    return row === undefined || row.title === '' ? null : row.title
  }

  const renderSome = (databaseId: NotionId): number => {
    const rows = database
      .sql('SELECT seq, flat FROM record WHERE database_id = ? AND text IS NULL AND is_removed = 0 LIMIT ?')
      .all<{ seq: number; flat: string }>(databaseId, RECORDS_PER_TURN)
    const store = database.sql('UPDATE record SET text = ? WHERE seq = ?')
    for (const { seq, flat } of rows) store.run(renderRecord(flatSchema.parse(JSON.parse(flat)), titleFor), seq)
    return rows.length
  }

  return {
    renderedSnapshot: async (databaseId) => {
      for (;;) {
        while ((await commits.runQuick(() => renderSome(databaseId))) === RECORDS_PER_TURN) continue
        // In one turn with the snapshot, so that nothing can change between this last look and it.
        if (database.transaction(() => renderSome(databaseId)) < RECORDS_PER_TURN) return database.snapshot()
      }
    },
  }
}
