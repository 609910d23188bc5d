import { DatabaseSync, type SQLInputValue, type StatementSync } from 'node:sqlite'
import { errorCode, errorText, StartError } from './errors.ts'

/** A row of a STRICT table of ours: SQLite itself checked the types, so readers name the shape instead of parsing it. */
export interface Statement {
  run(...values: SQLInputValue[]): { readonly changes: number; readonly lastId: number }
  get<Row>(...values: SQLInputValue[]): Row | undefined
  all<Row>(...values: SQLInputValue[]): Row[]
}

/**
 * One SQLite file: WAL, synchronous=FULL (what a transaction returned from is on the disk).
 * All writing happens on the caller's thread, so two transactions never meet.
 */
export interface Database {
  /** Statements are prepared once and kept. */
  sql(text: string): Statement
  /** Runs `work` in one commit; whatever it throws rolls everything back. Nested calls join the outer one. */
  transaction<T>(work: () => T): T
  /** A second connection that sees one unchanging state until it is closed. */
  snapshot(): Snapshot
  close(): void
}

export interface Snapshot {
  sql(text: string): Statement
  close(): void
}

const wrap = (statement: StatementSync): Statement => ({
  run: (...values) => {
    const { changes, lastInsertRowid } = statement.run(...values)
    return { changes: Number(changes), lastId: Number(lastInsertRowid) }
  },
  get: <Row>(...values: SQLInputValue[]) => statement.get(...values) as Row | undefined,
  all: <Row>(...values: SQLInputValue[]) => statement.all(...values) as Row[],
})

const statementsOf = (connection: DatabaseSync): ((text: string) => Statement) => {
  const prepared = new Map<string, Statement>()
  return (text) => {
    const known = prepared.get(text)
    if (known !== undefined) return known
    const made = wrap(connection.prepare(text))
    prepared.set(text, made)
    return made
  }
}

const transactionOf = (connection: DatabaseSync) => {
  const begin = connection.prepare('BEGIN IMMEDIATE')
  const commit = connection.prepare('COMMIT')
  const rollback = connection.prepare('ROLLBACK')
  const isOpen = (): boolean => connection.isTransaction
  return <T>(work: () => T): T => {
    if (isOpen()) return work()
    begin.run()
    try {
      const result = work()
      commit.run()
      return result
    } catch (error) {
      // SQLite rolls back by itself when the disk is full or fails.
      if (isOpen()) rollback.run()
      throw error
    }
  }
}

const knownVersion = (connection: DatabaseSync, path: string, newest: number): number => {
  const { user_version: version } = connection.prepare('PRAGMA user_version').get() as { user_version: number }
  if (version <= newest) return version
  throw new StartError(
    'database-unusable',
    `${path} was written by a newer Blackcore Sync (its version is ${version}, this program knows ${newest}). Install the newer program again; nothing was changed.`,
  )
}

const migrate = (connection: DatabaseSync, version: number, migrations: readonly string[]): void => {
  for (const [index, text] of migrations.entries()) {
    if (index < version) continue
    connection.exec(`BEGIN IMMEDIATE; ${text}; PRAGMA user_version = ${index + 1}; COMMIT`)
  }
}

const connect = (path: string, migrations: readonly string[]): DatabaseSync => {
  const connection = new DatabaseSync(path)
  try {
    connection.exec('PRAGMA busy_timeout = 5000')
    // Before WAL is asked for: that alone would write to a newer file.
    const version = knownVersion(connection, path, migrations.length)
    connection.exec('PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL')
    migrate(connection, version, migrations)
    return connection
  } catch (error) {
    connection.close()
    throw error
  }
}

/** Opens or creates the file. `migrations[n]` brings a file of version n to n + 1; a newer file is refused untouched. */
export const openDatabase = (path: string, migrations: readonly string[]): Database => {
  let connection: DatabaseSync
  try {
    connection = connect(path, migrations)
  } catch (error) {
    if (error instanceof StartError) throw error
    throw new StartError('database-unusable', `The queue's file ${path} cannot be used: ${errorText(error)}.`, error)
  }
  return {
    sql: statementsOf(connection),
    transaction: transactionOf(connection),
    snapshot: () => {
      const reader = new DatabaseSync(path, { readOnly: true })
      // BEGIN alone fixes nothing: the state that a reader sees is that of its first read.
      reader.exec('PRAGMA busy_timeout = 5000; BEGIN; SELECT 1 FROM sqlite_schema')
      return {
        sql: statementsOf(reader),
        close: () => {
          reader.close()
        },
      }
    },
    close: () => {
      connection.close()
    },
  }
}

/**
 * Takes a lock that the operating system drops when the process ends, however it ends: SQLite's own file lock.
 * Gives null where another process (or another engine of this one) holds it.
 */
export const takeFileLock = (path: string): { release(): void } | null => {
  const connection = new DatabaseSync(path)
  try {
    connection.exec('PRAGMA busy_timeout = 0; PRAGMA journal_mode = MEMORY; BEGIN EXCLUSIVE')
  } catch (error) {
    connection.close()
    if (errorCode(error) === 'ERR_SQLITE_ERROR' && /locked|busy/i.test(errorText(error))) return null
    throw error
  }
  return {
    release: () => {
      connection.close()
    },
  }
}
