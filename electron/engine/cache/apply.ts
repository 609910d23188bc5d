import type { NotionId } from '../../../shared/ids.ts'
import type { Database } from '../foundation/database.ts'
import type { Gate } from '../foundation/gate.ts'
import type { Catalogue } from './catalogue.ts'
import type { LeftFiles } from './left-files.ts'
import type { PageFiles, PagePath } from './page-files.ts'
import type { PageNames } from './page-names.ts'
import { type RecordChange, type RemoveChange, recordChangeSchema, type WriteChange } from './plan.ts'
import type { RecordIndex } from './record-index.ts'

/** A change whose files are durable. `finish` belongs into the commit that completes the job. */
export interface AppliedChange {
  finish(): void
}

/**
 * Carries out planned record changes, in three steps with a commit between them:
 * journal (the plan and the claimed file name), apply (files), finish (index, dirty database, plan dropped).
 * A crash after any step leaves a journaled plan; applying it again ends in the same state.
 */
export interface ChangeApplier {
  /** Within a transaction. A page has one plan at a time, as it has one active job. */
  journal(change: RecordChange): void
  /**
   * The plan that a crash, a failed attempt or a failed job left for this page. One that another version of the program
   * wrote in another shape is as good as lost.
   */
  journaled(pageId: NotionId): RecordChange | null
  /** Whether the record still is what the plan was made for. */
  isCurrent(change: RecordChange): boolean
  apply(change: RecordChange): Promise<AppliedChange>
  /** Within a transaction: a plan that no longer fits is dropped. */
  drop(pageId: NotionId): void
}

export interface ApplierParts {
  readonly database: Database
  readonly catalogue: Catalogue
  readonly records: RecordIndex
  readonly names: PageNames
  readonly files: PageFiles
  readonly left: LeftFiles
  /** Renaming a database's folder keeps everybody else out of it. */
  readonly gateOf: (databaseId: NotionId) => Gate
  readonly now: () => number
  /** Within a transaction: records show these pages, and their titles are not known. */
  readonly wantTitles: (pageIds: readonly NotionId[]) => void
}

/** A page that Notion did not show to us is asked for its title again after this time. */
const TITLE_ASKED_AGAIN_MS = 24 * 3_600_000

export const createChangeApplier = (parts: ApplierParts): ChangeApplier => {
  const { database, catalogue, records, names, files, left, gateOf } = parts

  const drop = (pageId: NotionId): void => {
    database.sql('DELETE FROM plan WHERE page_id = ?').run(pageId)
  }

  const folderOf = (databaseId: NotionId): string => catalogue.namesOf(databaseId).folder

  const removeUnused = async (pageId: NotionId, kept: { databaseId: NotionId; name: string }): Promise<void> => {
    for (const claimed of names.of(pageId)) {
      if (claimed.databaseId === kept.databaseId && claimed.name === kept.name) continue
      await gateOf(claimed.databaseId).shared(() =>
        files.removeUnused(
          { folder: folderOf(claimed.databaseId), name: claimed.name },
          { folder: folderOf(kept.databaseId), name: kept.name },
        ),
      )
    }
  }

  /** Gives what need not be looked for again. */
  const clearLeft = async (pageId: NotionId, databaseId: NotionId, name: string): Promise<readonly PagePath[]> => {
    const cleared: PagePath[] = []
    for (const path of left.pageFiles(pageId)) {
      const isCleared = await gateOf(databaseId).shared(() =>
        left.clearPageFile(pageId, path, { folder: folderOf(databaseId), name }),
      )
      if (isCleared) cleared.push(path)
    }
    return cleared
  }

  const applyWrite = async (change: WriteChange): Promise<AppliedChange> => {
    const { pageId, databaseId } = change
    const name = names.claimed(databaseId, change.title, pageId)
    const before = records.record(pageId)
    await gateOf(databaseId).shared(() => files.write(pageId, folderOf(databaseId), name, change.file))
    await removeUnused(pageId, { databaseId, name })
    const cleared = await clearLeft(pageId, databaseId, name)
    if (before !== null && before.trashName !== null) await files.removeFromTrash(before.trashName)
    return {
      finish: () => {
        records.write(change, name)
        parts.wantTitles(records.titlesWanted(change.flat, parts.now() - TITLE_ASKED_AGAIN_MS))
        names.release(pageId, { databaseId, name })
        left.forget(cleared)
        drop(pageId)
      },
    }
  }

  const applyRemove = async (change: RemoveChange): Promise<AppliedChange> => {
    const { pageId } = change
    const before = records.record(pageId)
    const trashName = before?.trashName ?? null
    if (before !== null && trashName !== null) {
      await gateOf(before.databaseId).shared(() =>
        files.moveToTrash(folderOf(before.databaseId), before.fileName, trashName),
      )
      await removeUnused(pageId, { databaseId: before.databaseId, name: before.fileName })
    }
    return {
      finish: () => {
        records.remove(change)
        names.release(pageId, null)
        drop(pageId)
      },
    }
  }

  return {
    journal: (change) => {
      if (change.kind === 'write') {
        catalogue.namesOf(change.databaseId)
        names.claim(change.databaseId, change.title, change.pageId)
      } else {
        const before = records.record(change.pageId)
        if (before !== null) names.claimTrash(change.pageId, before.fileName)
      }
      database
        .sql('INSERT OR REPLACE INTO plan (page_id, change) VALUES (?, ?)')
        .run(change.pageId, JSON.stringify(change))
    },
    journaled: (pageId) => {
      const row = database.sql('SELECT change FROM plan WHERE page_id = ?').get<{ change: string }>(pageId)
      return row === undefined ? null : (recordChangeSchema.safeParse(JSON.parse(row.change)).data ?? null)
    },
    isCurrent: (change) => (records.record(change.pageId)?.revision ?? 0) === change.baseRevision,
    apply: (change) => (change.kind === 'write' ? applyWrite(change) : applyRemove(change)),
    drop,
  }
}
