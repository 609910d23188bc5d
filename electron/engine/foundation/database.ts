import { DatabaseSync, type SQLInputValue, type StatementSync } from 'node:sqlite'
import {
  DamagedDatabaseError,
  isDamage,
  isNotOpened,
  LogInUseError,
  newerDatabase,
  unusableDatabase,
} from './database-errors.ts'
import { checkSound, reading, versionOf } from './database-reading.ts'
import { type Disk, systemDisk } from './disk.ts'
import { errorText, StartError } from './errors.ts'
import { createReaderCount } from './reader-count.ts'
import { createWriteAheadLog } from './write-ahead-log.ts'

/** A row of a STRICT table of ours: SQLite itself checked the types, so readers name the shape instead of parsing it. */
export interface Statement {
  run(...values: SQLInputValue[]): { readonly changes: number; readonly lastId: number }
  get<Row>(...values: SQLInputValue[]): Row | undefined
  all<Row>(...values: SQLInputValue[]): Row[]
}

/**
 * One SQLite file in WAL mode. All writing happens on the caller's thread, so two transactions never meet. What a
 * transaction returned from survives the end of the process, and a power cut once `flush` has been waited for.
 */
export interface Database {
  /** Statements are prepared once and kept. */
  sql(text: string): Statement
  /** Runs `work` in one commit; whatever it throws rolls everything back. Nested calls join the outer one. */
  transaction<T>(work: () => T): T
  /** Resolves when every transaction that returned before this call is on the disk. */
  flush(): Promise<void>
  /** A flush failed, and none has gone through since. */
  isInDoubt(): boolean
  /** A second connection that sees one unchanging state until it is closed. */
  snapshot(): Snapshot
  /** Gives unused space back to the disk and empties the write-ahead log, unless a snapshot reads it at this moment. */
  tidy(): void
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

const transactionOf = (connection: DatabaseSync, beforeCommit: () => void) => {
  const begin = connection.prepare('BEGIN IMMEDIATE')
  const commit = connection.prepare('COMMIT')
  const rollback = connection.prepare('ROLLBACK')
  const isOpen = (): boolean => connection.isTransaction
  return <T>(work: () => T): T => {
    if (isOpen()) return work()
    begin.run()
    try {
      const result = work()
      beforeCommit()
      commit.run()
      return result
    } catch (error) {
      // SQLite rolls back by itself when the disk is full or fails.
      if (isOpen()) rollback.run()
      throw error
    }
  }
}

const BUSY_TIMEOUT_MS = 5_000

/** Moves the whole write-ahead log into the file and flushes it. False, without waiting, while a snapshot reads the log. */
const checkpoint = (connection: DatabaseSync): boolean => {
  connection.exec('PRAGMA busy_timeout = 0')
  try {
    return (connection.prepare('PRAGMA wal_checkpoint(TRUNCATE)').get() as { busy: number }).busy === 0
  } finally {
    connection.exec(`PRAGMA busy_timeout = ${BUSY_TIMEOUT_MS}`)
  }
}

const MOST_COPIES = 9

const copyAt = (path: string, version: number): 'sound' | 'unusable' | 'none' => {
  try {
    return reading(path, (copy) => {
      checkSound(copy)
      return versionOf(copy) === version ? 'sound' : 'unusable'
    })
  } catch (error) {
    return isNotOpened(error) ? 'none' : 'unusable'
  }
}

/**
 * A copy of the file as it is, beside it: a migration that turns out wrong must not be the end of the queue. One that an
 * earlier try of this migration made is as good; one that was torn in the making stays, and a whole one is put beside it.
 */
const backUp = (connection: DatabaseSync, path: string, version: number): void => {
  const copies = Array.from(
    { length: MOST_COPIES },
    (_, index) => `${path}.version-${version}.backup${index === 0 ? '' : `-${index + 1}`}`,
  )
  for (const copy of copies) {
    const found = copyAt(copy, version)
    if (found === 'none') connection.prepare('VACUUM INTO ?').run(copy)
    if (found !== 'unusable') return
  }
  throw new StartError(
    'database-unusable',
    `${path} has to be migrated, but the copies beside it cannot be used. Move ${copies[0]} away, then start again.`,
  )
}

const migrate = (connection: DatabaseSync, path: string, migrations: readonly string[]): void => {
  const version = versionOf(connection)
  if (version > 0 && version < migrations.length) backUp(connection, path, version)
  for (const [index, text] of migrations.entries()) {
    if (index < version) continue
    connection.exec(`BEGIN IMMEDIATE; ${text}; PRAGMA user_version = ${index + 1}; COMMIT`)
  }
}

const refuseNewer = (connection: DatabaseSync, path: string, known: number): void => {
  const version = versionOf(connection)
  if (version > known) throw newerDatabase(path, version, known)
}

export interface OpenOptions {
  /** The last run did not end in order, and left its write-ahead log: the file is looked through before it is touched. */
  readonly isAfterCrash?: boolean
  /** Looks through the file though the last run ended in order. */
  readonly isInDoubt?: boolean
  readonly openFlusher?: Disk['openFlusher'] | undefined
  /** Called before each commit; what it throws rolls the transaction back. */
  readonly beforeCommit?: (() => void) | undefined
}

/** Closing a connection that can write would fold the write-ahead log into a damaged file, or throw it away. */
const checkUntouched = (path: string, known: number): void => {
  reading(path, (reader) => {
    refuseNewer(reader, path, known)
    checkSound(reader)
  })
}

const connect = (path: string, migrations: readonly string[], options: OpenOptions): DatabaseSync => {
  const isAfterCrash = options.isAfterCrash === true
  if (isAfterCrash) checkUntouched(path, migrations.length)
  const connection = new DatabaseSync(path)
  try {
    // Before WAL is asked for: that alone would write to a newer file.
    refuseNewer(connection, path, migrations.length)
    if (options.isInDoubt === true && !isAfterCrash) checkSound(connection)
    connection.exec('PRAGMA auto_vacuum = INCREMENTAL; PRAGMA journal_mode = WAL; PRAGMA synchronous = NORMAL')
    connection.exec(`PRAGMA busy_timeout = ${BUSY_TIMEOUT_MS}; PRAGMA journal_size_limit = 67108864`)
    // A checkpoint stops the thread: seldom, and each page of the file once for many commits.
    connection.exec('PRAGMA wal_autocheckpoint = 4000')
    // SQLite flushes what it moves: where the machine has a stronger flush, with that.
    connection.exec('PRAGMA checkpoint_fullfsync = 1')
    // A flush that failed before the crash may have left commits that only look as if they were on the disk.
    if (isAfterCrash) checkpoint(connection)
    migrate(connection, path, migrations)
    return connection
  } catch (error) {
    connection.close()
    throw error
  }
}

/**
 * Opens or creates the file. `migrations[n]` brings a file of version n to n + 1: a newer file is refused untouched, an
 * older one is backed up, then migrated.
 * Throws a DamagedDatabaseError for one that cannot be trusted, a StartError for one that cannot be used.
 */
export const openDatabase = (path: string, migrations: readonly string[], options: OpenOptions = {}): Database => {
  let connection: DatabaseSync
  try {
    connection = connect(path, migrations, options)
  } catch (error) {
    if (error instanceof StartError || error instanceof DamagedDatabaseError) throw error
    if (isDamage(error)) throw new DamagedDatabaseError(errorText(error), { cause: error })
    throw unusableDatabase(path, error)
  }
  const readers = createReaderCount()
  const log = createWriteAheadLog(`${path}-wal`, options.openFlusher ?? systemDisk.openFlusher, async () => {
    // A log that is being read cannot be moved as a whole.
    await readers.none()
    if (!checkpoint(connection)) throw new LogInUseError('The write-ahead log is in use, and cannot be moved yet')
  })
  const inTransaction = transactionOf(connection, options.beforeCommit ?? (() => undefined))
  return {
    sql: statementsOf(connection),
    transaction: inTransaction,
    flush: log.flush,
    isInDoubt: log.isInDoubt,
    snapshot: () => {
      const reader = new DatabaseSync(path, { readOnly: true })
      // BEGIN alone fixes nothing: the state that a reader sees is that of its first read.
      reader.exec('PRAGMA busy_timeout = 5000; BEGIN; SELECT 1 FROM sqlite_schema')
      const leave = readers.enter()
      return {
        sql: statementsOf(reader),
        close: () => {
          reader.close()
          leave()
        },
      }
    },
    tidy: () => {
      connection.exec('PRAGMA incremental_vacuum(2000)')
      checkpoint(connection)
    },
    close: () => {
      log.close()
      connection.close()
    },
  }
}
