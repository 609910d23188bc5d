import { DatabaseSync } from 'node:sqlite'
import { isBusy, isDamage, isNotOpened } from './database-errors.ts'
import { reading } from './database-reading.ts'
import { type FileAccess, fileAccess } from './disk.ts'
import { StartError, startErrorOf } from './errors.ts'

const REASONS = {
  full: null,
  restricted: 'this user may not read and write it',
  folder: 'it is a folder',
  unreachable: null,
} as const satisfies Record<FileAccess, string | null>

const unusable = (path: string, reason: string, cause?: unknown): StartError =>
  new StartError(
    'folder-unusable',
    `The lock file ${path} cannot be used: ${reason}. Move it away while no Blackcore Sync runs with that folder, then start.`,
    cause,
  )

/** What SQLite says of it, as an error for a person: a StartError where the file or the disk is the reason. */
const unusableFor = (path: string, error: unknown): Error => {
  const reason = isDamage(error) ? 'it holds something else' : REASONS[fileAccess(path)]
  return reason === null ? startErrorOf(error) : unusable(path, reason, error)
}

/** Why a file that SQLite opened is no lock all the same; null: it is one. */
const refusedLock = (path: string): StartError | null => {
  const reason = REASONS[fileAccess(path)]
  return reason === null ? null : unusable(path, reason)
}

/**
 * Takes a lock that the operating system drops when the process ends, however it ends: SQLite's own file lock.
 * Gives null where another process (or another engine of this one) holds it. Throws a StartError where the file cannot be
 * a lock.
 */
export const takeFileLock = (path: string): { release(): void } | null => {
  let connection: DatabaseSync | null = null
  try {
    connection = new DatabaseSync(path)
    // Whoever looks whether it is held stands in the way for a moment.
    connection.exec('PRAGMA busy_timeout = 100; PRAGMA journal_mode = MEMORY; BEGIN EXCLUSIVE')
    // Of a file that can only be read, SQLite gives the lock to everybody.
    const refused = refusedLock(path)
    if (refused !== null) throw refused
  } catch (error) {
    connection?.close()
    if (isBusy(error)) return null
    throw error instanceof StartError ? error : unusableFor(path, error)
  }
  const held = connection
  return {
    release: () => {
      held.close()
    },
  }
}

/** unusable: whoever wants to take it is refused with the error. */
export type LockState =
  | { readonly kind: 'free' }
  | { readonly kind: 'held' }
  | { readonly kind: 'unusable'; readonly error: Error }

/** How the lock stands, whoever holds it, this process too. Takes nothing, and makes no file. */
export const lookAtLock = (path: string): LockState => {
  try {
    reading(path, (reader) => {
      reader.exec('SELECT 1 FROM sqlite_schema')
    })
  } catch (error) {
    if (isBusy(error)) return { kind: 'held' }
    if (isNotOpened(error) && fileAccess(path) === 'unreachable') return { kind: 'free' }
    return { kind: 'unusable', error: unusableFor(path, error) }
  }
  const error = refusedLock(path)
  return error === null ? { kind: 'free' } : { kind: 'unusable', error }
}

/** Whether another connection holds the lock. Throws what would keep it from being taken at all. */
export const isFileLocked = (path: string): boolean => {
  const state = lookAtLock(path)
  if (state.kind === 'unusable') throw state.error
  return state.kind === 'held'
}
