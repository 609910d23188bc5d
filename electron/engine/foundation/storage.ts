import { join } from 'node:path'
import { type Database, openDatabase, takeFileLock } from './database.ts'
import type { Disk } from './disk.ts'
import { errorText, StartError } from './errors.ts'

interface FolderLock {
  release(): void
}

/** The folders that an engine owns, locked, and its database. */
export interface Storage {
  readonly database: Database
  /** Closes the database and gives the folders free. */
  close(): void
}

export interface StorageOptions {
  readonly disk: Disk
  readonly dataFolder: string
  readonly cacheFolder: string
  readonly cacheLock: string
  /** Names the setting of the cache folder in messages. */
  readonly whereCache: string
  readonly migrations: readonly string[]
}

/** The queue holds what people wrote: a data folder that we make is this user's alone. */
const ONLY_THIS_USER = 0o700

/** Creates the folder where it is missing, and makes sure that files can be created in it. `what` begins the message. */
const prepareFolder = async (disk: Disk, folder: string, what: string, mode?: number): Promise<void> => {
  try {
    await disk.makeFolder(folder, mode)
    const probe = join(folder, '.blackcore-sync.probe')
    const file = await disk.createFile(probe)
    await file.close()
    await disk.remove(probe)
  } catch (error) {
    throw new StartError(
      'folder-unusable',
      `${what}: files cannot be written in ${folder}: ${errorText(error)}.`,
      error,
    )
  }
}

/** One engine a folder: the lock ends with the process, so one that a crash left never stands in the way. */
const lockFolder = (path: string, folder: string): FolderLock => {
  const lock = takeFileLock(path)
  if (lock !== null) return lock
  throw new StartError(
    'already-running',
    `Another Blackcore Sync is running with the folder ${folder}. Stop it first, or give this one folders of its own.`,
  )
}

/** Rejects with a StartError where a folder cannot be used, another engine has it, or the database is not ours to use. */
export const openStorage = async (options: StorageOptions): Promise<Storage> => {
  const { disk, dataFolder, cacheFolder } = options
  await prepareFolder(disk, dataFolder, 'The data folder', ONLY_THIS_USER)
  await prepareFolder(disk, cacheFolder, options.whereCache)
  const locks: FolderLock[] = []
  const release = (): void => {
    for (const lock of locks) lock.release()
  }
  try {
    locks.push(lockFolder(join(dataFolder, 'engine.lock'), dataFolder))
    locks.push(lockFolder(options.cacheLock, cacheFolder))
    const database = openDatabase(join(dataFolder, 'blackcore.db'), options.migrations)
    return {
      database,
      close: () => {
        database.close()
        release()
      },
    }
  } catch (error) {
    release()
    throw error
  }
}
