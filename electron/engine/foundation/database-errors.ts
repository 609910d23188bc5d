import { errorText, sqliteCode, StartError } from './errors.ts'

/** SQLite's result codes for a file that is no database, or a damaged one. */
const DAMAGED: ReadonlySet<number | null> = new Set([11, 26])

export const isDamage = (error: unknown): boolean => DAMAGED.has(sqliteCode(error))

/** Another connection has locked the file. */
export const isBusy = (error: unknown): boolean => sqliteCode(error) === 5

/** Nothing is there, or it could not be opened: SQLite does not tell them apart. */
export const isNotOpened = (error: unknown): boolean => sqliteCode(error) === 14

/** Thrown for a file whose contents cannot be trusted; the file is untouched. */
export class DamagedDatabaseError extends Error {
  override readonly name = 'DamagedDatabaseError'
}

/** For a moment only: what was to be done can be tried again. */
export class LogInUseError extends Error {
  readonly code = 'EBUSY'
}

export const newerDatabase = (path: string, version: number, known: number): StartError =>
  new StartError(
    'database-unusable',
    `${path} was written by a newer Blackcore Sync (its version is ${version}, this program knows ${known}). Install the newer program again; nothing was changed.`,
  )

export const unusableDatabase = (path: string, error: unknown): StartError =>
  new StartError('database-unusable', `The queue's file ${path} cannot be used: ${errorText(error)}.`, error)
