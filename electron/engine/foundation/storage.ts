import { basename, dirname, join } from 'node:path'
import { type Database, openDatabase, type OpenOptions } from './database.ts'
import { DamagedDatabaseError } from './database-errors.ts'
import { type DatabaseLook, lookAtDatabase } from './database-look.ts'
import type { Disk } from './disk.ts'
import { errorText, StartError, startErrorOf } from './errors.ts'
import { isFileLocked, lookAtLock, takeFileLock } from './file-lock.ts'
import { tryFolder } from './folder-trial.ts'

export interface FolderLock {
  release(): void
}

/** The folders that an engine owns, locked, and its database. */
export interface Storage {
  readonly database: Database
  /** Where the last damaged database lies, be it from an earlier start; null where there is none. */
  readonly setAside: string | null
  /** Bytes on the disk. */
  sizes(): Promise<{ readonly database: number; readonly write_ahead_log: number }>
  /** Closes the database and gives the folders free. */
  close(): void
  /** Closes after a start that failed; gives the error to throw on, a StartError where the disk is the reason. */
  closedBy(error: unknown): Error
}

export interface StorageOptions {
  readonly disk: Disk
  readonly dataFolder: string
  readonly cacheFolder: string
  readonly cacheLock: string
  /** Names the setting of the cache folder in messages. */
  readonly whereCache: string
  readonly migrations: readonly string[]
  /** Names what is set aside (ms since 1970). */
  readonly now: number
  readonly beforeCommit?: (() => void) | undefined
}

/** The queue holds what people wrote: a data folder that we make is this user's alone. */
const ONLY_THIS_USER = 0o700

/** Creates the folder where it is missing, and makes sure that files can be created in it. `what` begins the message. */
const prepareFolder = async (disk: Disk, folder: string, what: string, mode?: number): Promise<void> => {
  try {
    await disk.makeFolder(folder, mode)
    await tryFolder(disk, folder)
  } catch (error) {
    throw new StartError(
      'folder-unusable',
      `${what}: files cannot be written in ${folder}: ${errorText(error)}.`,
      error,
    )
  }
}

const alreadyRunning = (folder: string): StartError =>
  new StartError(
    'already-running',
    `Another Blackcore Sync is running with the folder ${folder}. Stop it first, or give this one folders of its own.`,
  )

/** One engine a folder: the lock ends with the process, so one that a crash left never stands in the way. */
const lockFolder = (path: string, folder: string): FolderLock => {
  const lock = takeFileLock(path)
  if (lock !== null) return lock
  throw alreadyRunning(folder)
}

export const databaseIn = (dataFolder: string): string => join(dataFolder, 'blackcore.db')

const dataLock = (dataFolder: string): string => join(dataFolder, 'engine.lock')

const lockData = (dataFolder: string): FolderLock => lockFolder(dataLock(dataFolder), dataFolder)

/** Whether an engine runs (or starts, or ends) with this data folder: a killed one lets go of its lock, and of nothing else. */
export const isDataFolderLocked = (dataFolder: string): boolean => isFileLocked(dataLock(dataFolder))

const prepareData = (disk: Disk, dataFolder: string): Promise<void> =>
  prepareFolder(disk, dataFolder, 'The data folder', ONLY_THIS_USER)

/** Keeps engines away from a data folder while something else writes there. Rejects with a StartError as `openStorage`. */
export const lockDataFolder = async (disk: Disk, dataFolder: string): Promise<FolderLock> => {
  await prepareData(disk, dataFolder)
  return lockData(dataFolder)
}

/** A file up to this size is looked through in a few hundredths of a second, so at every start. */
const SMALL_BYTES = 64 * 1024 * 1024

/** SQLite removes its write-ahead log at an orderly end: one that is still there was left by a crash. */
const doubtsOf = async (disk: Disk, path: string): Promise<Pick<OpenOptions, 'isAfterCrash' | 'isInDoubt'>> => {
  const sizeBytes = (await disk.facts(path))?.sizeBytes ?? 0
  const logBytes = (await disk.facts(`${path}-wal`))?.sizeBytes ?? 0
  return { isAfterCrash: sizeBytes > 0 && logBytes > 0, isInDoubt: sizeBytes <= SMALL_BYTES }
}

/** A damaged database is put beside the new one, never deleted: whatever it holds may still be wanted. */
const setAsideDatabase = async (disk: Disk, path: string, now: number): Promise<void> => {
  const aside = `${path}.damaged-${new Date(now).toISOString().replaceAll(':', '-')}`
  for (const ending of ['', '-wal', '-shm']) {
    if ((await disk.facts(`${path}${ending}`)) !== null) await disk.rename(`${path}${ending}`, `${aside}${ending}`)
  }
  await disk.flushFolder(dirname(path))
}

const SET_ASIDE = /^blackcore\.db\.damaged-[\dTZ.-]+$/

const lastSetAside = async (disk: Disk, dataFolder: string): Promise<string | null> => {
  const names = (await disk.list(dataFolder)).filter((name) => SET_ASIDE.test(name) && !/-(wal|shm)$/.test(name))
  const last = names.toSorted().at(-1)
  return last === undefined ? null : join(dataFolder, last)
}

/** It, its log and its copies: in a folder that others can read, each is this user's alone. */
const keepPrivate = async (disk: Disk, path: string): Promise<void> => {
  // SQLite gives its log the rights of the file, so that this comes before it.
  await disk.makePrivate(path)
  const name = basename(path)
  for (const other of await disk.list(dirname(path))) {
    if (other !== name && other.startsWith(name)) await disk.makePrivate(join(dirname(path), other))
  }
}

const openOrSetAside = async (
  { disk, migrations, now, beforeCommit }: StorageOptions,
  path: string,
): Promise<Database> => {
  const options = { openFlusher: disk.openFlusher, beforeCommit }
  // A setting aside that was broken off: a new file would be begun with the log of the old one.
  if ((await disk.facts(path)) === null) await setAsideDatabase(disk, path, now)
  await keepPrivate(disk, path)
  try {
    return openDatabase(path, migrations, { ...options, ...(await doubtsOf(disk, path)) })
  } catch (error) {
    if (!(error instanceof DamagedDatabaseError)) throw error
    await setAsideDatabase(disk, path, now)
    await keepPrivate(disk, path)
    return openDatabase(path, migrations, options)
  }
}

/** What a start would come to; damaged: it sets the database aside · unseen: see `DatabaseLook`. */
export type StartOutlook =
  | Exclude<DatabaseLook, { readonly kind: 'refused' }>
  | { readonly kind: 'refused'; readonly error: Error }

export interface StartOutlookOptions extends Pick<StorageOptions, 'disk' | 'dataFolder' | 'migrations'> {
  /** Null: not known. */
  readonly cache: Pick<StorageOptions, 'cacheFolder' | 'cacheLock'> | null
}

/** What a start would come to with the folders as they are. Takes no lock, and writes nothing. */
export const outlookOfStart = async (options: StartOutlookOptions): Promise<StartOutlook> => {
  const { disk, dataFolder, migrations, cache } = options
  const locks = [{ path: dataLock(dataFolder), folder: dataFolder }]
  if (cache !== null) locks.push({ path: cache.cacheLock, folder: cache.cacheFolder })
  for (const { path, folder } of locks) {
    const lock = lookAtLock(path)
    if (lock.kind === 'unusable') return { kind: 'refused', error: lock.error }
    if (lock.kind === 'held') return { kind: 'refused', error: alreadyRunning(folder) }
  }
  const path = databaseIn(dataFolder)
  if ((await disk.facts(path)) === null) return { kind: 'usable' }
  const { isAfterCrash, isInDoubt } = await doubtsOf(disk, path)
  const index = (await disk.facts(`${path}-shm`)) === null ? 'without-index' : 'with-index'
  return lookAtDatabase(path, {
    known: migrations.length,
    log: isAfterCrash === true ? index : 'none',
    isLookedThrough: isAfterCrash === true || isInDoubt === true,
  })
}

/** Rejects with a StartError where a folder cannot be used, another engine has it, or the database is not ours to use. */
export const openStorage = async (options: StorageOptions): Promise<Storage> => {
  const { disk, dataFolder, cacheFolder } = options
  await prepareData(disk, dataFolder)
  await prepareFolder(disk, cacheFolder, options.whereCache)
  const locks: FolderLock[] = []
  const release = (): void => {
    for (const lock of locks) lock.release()
  }
  try {
    locks.push(lockData(dataFolder))
    locks.push(lockFolder(options.cacheLock, cacheFolder))
    const path = databaseIn(dataFolder)
    const database = await openOrSetAside(options, path)
    await keepPrivate(disk, path)
    const setAside = await lastSetAside(disk, dataFolder)
    const close = (): void => {
      database.close()
      release()
    }
    return {
      database,
      setAside,
      sizes: async () => ({
        database: (await disk.facts(path))?.sizeBytes ?? 0,
        write_ahead_log: (await disk.facts(`${path}-wal`))?.sizeBytes ?? 0,
      }),
      close,
      closedBy: (error) => {
        close()
        return startErrorOf(error)
      },
    }
  } catch (error) {
    release()
    throw startErrorOf(error)
  }
}
