import { createHash } from 'node:crypto'
import { join } from 'node:path'
import { z } from 'zod'
import type { NotionId } from '../../../shared/ids.ts'
import { writeWhole } from '../foundation/atomic-file.ts'
import type { Database, Snapshot } from '../foundation/database.ts'
import type { Disk } from '../foundation/disk.ts'
import type { GroupCommit } from '../foundation/group-commit.ts'
import type { SharedFlush } from '../foundation/shared-flush.ts'
import type { CacheFolders } from './folders.ts'
import type { LeftFiles } from './left-files.ts'
import type { RecordRenderer } from './record-renderer.ts'

/** What a version of a database file looks like on disk; `sha256` tells it even after it was copied back. */
const writtenSchema = z.object({
  sizeBytes: z.number(),
  modifiedNs: z.string(),
  inode: z.string(),
  sha256: z.string(),
})

export type WrittenFacts = z.infer<typeof writtenSchema>

export const parseWritten = (text: string | null): WrittenFacts | null =>
  text === null ? null : writtenSchema.parse(JSON.parse(text))

/** Rows read at once: small enough that reading them never holds the event loop. */
const ROWS_PER_CHUNK = 200

export interface DatabaseFileTarget {
  readonly id: NotionId
  readonly title: string
  readonly fileName: string
  /** The count of changes that the new file will show. */
  readonly dirty: number
  /** The version of ours that stands there now; null where none does. */
  readonly standing: WrittenFacts | null
  /** Called when the new version is whole: moves away what an index that is lost left in its place. */
  readonly makeWay: () => Promise<void>
  /** Asked again just before the new version is put in place: a person may have saved the file meanwhile. */
  readonly mayReplace: () => Promise<boolean>
}

/** foreign: a file stands there that we did not write, or that was changed since; it is left as it is. */
export type DatabaseFileOutcome = 'written' | 'foreign'

export interface DatabaseFileParts {
  readonly disk: Disk
  readonly database: Database
  readonly commits: GroupCommit
  readonly flush: SharedFlush
  readonly folders: CacheFolders
  readonly renderer: RecordRenderer
  readonly left: LeftFiles
}

function* recordTexts(snapshot: Snapshot, databaseId: NotionId): Generator<string> {
  const page = snapshot.sql(
    'SELECT seq, text FROM record WHERE database_id = ? AND is_removed = 0 AND seq > ? ORDER BY seq LIMIT ?',
  )
  let after = 0
  for (;;) {
    const rows = page.all<{ seq: number; text: string | null }>(databaseId, after, ROWS_PER_CHUNK)
    if (rows.length === 0) return
    for (const row of rows) {
      if (row.text === null) throw new Error(`A record of the database ${databaseId} was not rendered`)
    }
    yield rows.map((row) => row.text).join(',\n')
    after = rows.at(-1)?.seq ?? after
  }
}

function* fileChunks(snapshot: Snapshot, target: DatabaseFileTarget): Generator<string> {
  yield `{\n  ${JSON.stringify(target.title)}: [`
  let separator = '\n'
  for (const texts of recordTexts(snapshot, target.id)) {
    yield `${separator}${texts}`
    separator = ',\n'
  }
  yield separator === '\n' ? ']\n}' : '\n  ]\n}'
}

function* hashed(chunks: Iterable<string>, hash: ReturnType<typeof createHash>): Generator<string> {
  for (const chunk of chunks) {
    hash.update(chunk)
    yield chunk
  }
}

/**
 * Writes one database file whole from the stored texts of its records: one state of them, read from a snapshot.
 * The new version is noted as pending before it is put in place, beside the one that it replaces, so that a crash in
 * between does not make either a stranger's file. The way is made free before that note: after it, what stands there
 * and is neither of the two is a stranger's.
 */
export const writeDatabaseFile = async (
  parts: DatabaseFileParts,
  target: DatabaseFileTarget,
): Promise<DatabaseFileOutcome> => {
  const { disk, database, commits, flush, folders, renderer } = parts
  const temporary = join(folders.temporary, `${target.id}.database`)
  await disk.makeFolder(folders.temporary)
  const hash = createHash('sha256')
  const snapshot = await renderer.renderedSnapshot(target.id)
  await writeWhole(disk, temporary, hashed(fileChunks(snapshot, target), hash)).finally(() => {
    snapshot.close()
  })
  const facts = await disk.facts(temporary)
  if (facts === null) throw new Error(`Somebody removed ${temporary} while it was written`)
  await target.makeWay()
  const written = JSON.stringify({ ...facts, sha256: hash.digest('hex') } satisfies WrittenFacts)
  const standing = target.standing === null ? null : JSON.stringify(target.standing)
  await commits.run(() => {
    database
      .sql('UPDATE database SET file_facts = COALESCE(?, file_facts), pending_facts = ? WHERE id = ?')
      .run(standing, written, target.id)
  })
  if (!(await target.mayReplace())) {
    await disk.remove(temporary)
    return 'foreign'
  }
  await disk.rename(temporary, join(folders.root, target.fileName))
  await flush.flush(folders.root)
  await commits.runQuick(() => {
    database
      .sql('UPDATE database SET file_facts = pending_facts, pending_facts = NULL, written = ? WHERE id = ?')
      .run(target.dirty, target.id)
  })
  return 'written'
}
