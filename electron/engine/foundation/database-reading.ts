import { DatabaseSync } from 'node:sqlite'
import { DamagedDatabaseError } from './database-errors.ts'

/**
 * Hands over a connection that cannot write to the database, and closes it. It takes SQLite's locks, and SQLite makes the
 * files that it needs beside the database, unless the address says otherwise.
 */
export const reading = <T>(path: string | URL, read: (connection: DatabaseSync) => T): T => {
  const connection = new DatabaseSync(path, { readOnly: true })
  try {
    return read(connection)
  } finally {
    connection.close()
  }
}

export const versionOf = (connection: DatabaseSync): number =>
  (connection.prepare('PRAGMA user_version').get() as { user_version: number }).user_version

/** Throws a DamagedDatabaseError where the file, looked through, is not sound. */
export const checkSound = (connection: DatabaseSync): void => {
  const { quick_check: result } = connection.prepare('PRAGMA quick_check(1)').get() as { quick_check: string }
  if (result !== 'ok') throw new DamagedDatabaseError(result)
}
