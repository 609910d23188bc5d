import { dirname, join } from 'node:path'
import { lastEight, type NotionId, parseNotionId } from '../../../shared/ids.ts'
import { isoTime } from '../foundation/clock.ts'
import type { Database } from '../foundation/database.ts'
import type { Disk, FileFacts } from '../foundation/disk.ts'
import { errorCode } from '../foundation/errors.ts'
import type { Log } from '../foundation/log.ts'
import type { SharedFlush } from '../foundation/shared-flush.ts'
import type { CacheFolders } from './folders.ts'
import { nameKey, pageDigits } from './names.ts'
import { type PagePath, readPageFile } from './page-files.ts'

/** What stood in the cache folder when its index was begun. */
export interface FoundFiles {
  readonly databaseFiles: readonly { readonly name: string; readonly facts: FileFacts }[]
  readonly pageFiles: readonly (PagePath & { readonly digits: string })[]
}

/** How every database file begins: its title, and the list of its records. A file of another kind is a person's. */
const DATABASE_FILE = /^\{\n {2}"(?:[^"\\]|\\.)*": \[/

/** What cannot be read, or is a folder, is none of ours: it stays where it is, and is told when its place is needed. */
const isDatabaseFile = async (disk: Disk, path: string): Promise<boolean> => {
  try {
    return DATABASE_FILE.test(await disk.readText(path))
  } catch (error) {
    if (errorCode(error) === null) throw error
    return false
  }
}

/** So many page files are looked into: one is enough to know, and a folder that is not ours is not read as a whole. */
const LOOKED_INTO = 100

/** A page file of ours, of the page that its name says. */
const isPageFile = async (disk: Disk, path: string, digits: string): Promise<boolean> => {
  const id = parseNotionId((await readPageFile(disk, path))?.page.id ?? '')
  return id !== null && lastEight(id) === digits
}

const namesIn = async (disk: Disk, path: string): Promise<readonly string[]> => {
  try {
    return await disk.list(path)
  } catch (error) {
    if (errorCode(error) === 'ENOTDIR') return []
    throw error
  }
}

const pageFilesIn = async (disk: Disk, path: string): Promise<readonly { name: string; digits: string }[]> =>
  (await namesIn(disk, path)).flatMap((name) => {
    const digits = pageDigits(name)
    return digits === null ? [] : { name, digits }
  })

/**
 * For an index that was just begun: what stands in its folder, where an index of before has written there. Null where
 * none has: page files tell, in their places or in the trash.
 */
export const findLeftFiles = async (disk: Disk, folders: CacheFolders): Promise<FoundFiles | null> => {
  const pageFiles: FoundFiles['pageFiles'][number][] = []
  for (const folder of await disk.list(folders.pages)) {
    for (const file of await pageFilesIn(disk, join(folders.pages, folder))) pageFiles.push({ folder, ...file })
  }
  const looked = [
    ...pageFiles.map(({ folder, name, digits }) => ({ path: join(folders.pages, folder, name), digits })),
    ...(await pageFilesIn(disk, folders.trash)).map(({ name, digits }) => ({
      path: join(folders.trash, name),
      digits,
    })),
  ].slice(0, LOOKED_INTO)
  let isOurs = false
  for (const { path, digits } of looked) isOurs ||= await isPageFile(disk, path, digits)
  if (!isOurs) return null
  const databaseFiles: FoundFiles['databaseFiles'][number][] = []
  for (const name of await disk.list(folders.root)) {
    if (!name.endsWith('.json')) continue
    const path = join(folders.root, name)
    const facts = await disk.facts(path)
    if (facts !== null && (await isDatabaseFile(disk, path))) databaseFiles.push({ name, facts })
  }
  return { databaseFiles, pageFiles }
}

/** Within a transaction. Null: nothing was left, or it is another folder now. */
export const noteLeftFiles = (database: Database, found: FoundFiles | null): void => {
  database.sql('DELETE FROM left_database_file').run()
  database.sql('DELETE FROM left_page_file').run()
  const databaseFile = database.sql(
    'INSERT INTO left_database_file (name_key, name, size_bytes, modified_ns, inode) VALUES (?, ?, ?, ?, ?)',
  )
  for (const { name, facts } of found?.databaseFiles ?? []) {
    databaseFile.run(nameKey(name), name, facts.sizeBytes, facts.modifiedNs, facts.inode)
  }
  const pageFile = database.sql('INSERT INTO left_page_file (folder, name, digits) VALUES (?, ?, ?)')
  for (const { folder, name, digits } of found?.pageFiles ?? []) pageFile.run(folder, name, digits)
}

/**
 * What an index that was lost (its database was damaged, or the data folder is gone) left in the cache folder. None of it
 * is deleted, for a person may have changed it since: what stands in the way moves to the trash.
 */
export interface LeftFiles {
  /** Whether what stands in this database file's place is the very file that stood there when the index was begun. */
  isLeft(fileName: string, found: FileFacts): boolean
  /** Returns when the way is free, durably. */
  clearDatabaseFile(fileName: string): Promise<void>
  /** What was left under the digits of this page, in any database's folder. */
  pageFiles(pageId: NotionId): readonly PagePath[]
  /** Moves a file of this page away, unless it is the one that is used now; false for another page's. */
  clearPageFile(pageId: NotionId, left: PagePath, used: PagePath): Promise<boolean>
  /** Moves all page files away at once, where there are any. */
  clearPages(): Promise<void>
  /** Within a transaction. */
  forget(cleared: readonly PagePath[]): void
}

export interface LeftFilesParts {
  readonly disk: Disk
  readonly database: Database
  readonly flush: SharedFlush
  readonly folders: CacheFolders
  readonly log: Log
}

const NS_PER_MS = 1_000_000n

export const createLeftFiles = ({ disk, database, flush, folders, log }: LeftFilesParts): LeftFiles => {
  /** `tasks (of 2026-11-23T12-00-00.000Z).json`: its own time tells it from others, and from the page files there. */
  const freeTrashPath = async (name: string, { modifiedNs }: FileFacts): Promise<string> => {
    const time = isoTime(Number(BigInt(modifiedNs) / NS_PER_MS)).replaceAll(':', '-')
    const ending = name.endsWith('.json') ? '.json' : ''
    for (let count = 1; ; count += 1) {
      const suffix = count === 1 ? `(of ${time})` : `(of ${time}, ${count})`
      const path = join(folders.trash, `${name.replace(/\.json$/, '')} ${suffix}${ending}`)
      if ((await disk.facts(path)) === null) return path
    }
  }

  const moveToTrash = async (path: string, name: string, facts: FileFacts): Promise<string> => {
    await disk.makeFolder(folders.trash)
    const to = await freeTrashPath(name, facts)
    await disk.rename(path, to)
    await Promise.all([...new Set([folders.root, folders.trash, dirname(path)])].map((folder) => flush.flush(folder)))
    return to
  }

  return {
    isLeft: (fileName, { sizeBytes, modifiedNs, inode }) =>
      database
        .sql('SELECT 1 FROM left_database_file WHERE name_key = ? AND size_bytes = ? AND modified_ns = ? AND inode = ?')
        .get(nameKey(fileName), sizeBytes, modifiedNs, inode) !== undefined,
    clearDatabaseFile: async (fileName) => {
      const file = join(folders.root, fileName)
      const facts = await disk.facts(file)
      if (facts === null) return
      const movedTo = await moveToTrash(file, fileName, facts)
      log.warn(
        { file, movedTo },
        'A database file of an earlier time stood in the way. It was moved to the trash folder, and is written anew',
      )
    },
    pageFiles: (pageId) =>
      database
        .sql('SELECT folder, name FROM left_page_file WHERE digits = ?')
        .all<{ folder: string; name: string }>(lastEight(pageId)),
    clearPageFile: async (pageId, left, used) => {
      const file = join(folders.pages, left.folder, left.name)
      const facts = await disk.facts(file)
      // A disk that folds case shows the used file under another spelling as well.
      if (facts === null || facts.inode === (await disk.facts(join(folders.pages, used.folder, used.name)))?.inode) {
        return true
      }
      if (parseNotionId((await readPageFile(disk, file))?.page.id ?? '') !== pageId) return false
      const movedTo = await moveToTrash(file, left.name, facts)
      log.info({ file, movedTo }, 'A page file from before the record index was lost was moved to the trash folder')
      return true
    },
    clearPages: async () => {
      const facts = await disk.facts(folders.pages)
      if (facts === null) return
      const movedTo = await moveToTrash(folders.pages, 'pages', facts)
      log.warn({ movedTo }, 'The page files of an earlier time were moved to the trash folder, and are written anew')
    },
    forget: (cleared) => {
      const row = database.sql('DELETE FROM left_page_file WHERE folder = ? AND name = ?')
      for (const { folder, name } of cleared) row.run(folder, name)
    },
  }
}
