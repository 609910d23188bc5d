import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { copyFileSync, readFileSync, statSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { describe, expect, onTestFinished, test } from 'vitest'
import { type Database, openDatabase } from '../../../electron/engine/foundation/database.ts'
import { DamagedDatabaseError } from '../../../electron/engine/foundation/database-errors.ts'
import { StartError } from '../../../electron/engine/foundation/errors.ts'
import { endOfTurn } from '../../support/end-of-turn.ts'
import { filesBelow } from '../../support/folder-files.ts'
import { temporaryFolder } from '../../support/temporary-folder.ts'

const FIRST = 'CREATE TABLE entry (name TEXT UNIQUE) STRICT'
const SECOND = 'ALTER TABLE entry ADD COLUMN size INTEGER; UPDATE entry SET size = 7'

const opened = (path: string, migrations: readonly string[] = [FIRST]): Database => {
  const database = openDatabase(path, migrations)
  onTestFinished(() => {
    try {
      database.close()
    } catch {
      // Closed by the test.
    }
  })
  return database
}

const count = (reader: Pick<Database, 'sql'>): number | undefined =>
  reader.sql('SELECT count(*) AS count FROM entry').get<{ count: number }>()?.count

const add = (database: Database, name: string): void => {
  database.sql('INSERT INTO entry (name) VALUES (?)').run(name)
}

const failureOf = (work: () => unknown): unknown => {
  try {
    return work()
  } catch (error) {
    return error
  }
}

describe('opening', () => {
  test('what was committed is there again after a restart', () => {
    const path = join(temporaryFolder(), 'a.db')
    const before = opened(path)
    add(before, 'a')
    before.close()
    expect(count(opened(path))).toBe(1)
  })

  test('an older file is brought up to date once, and its rows stay', () => {
    const path = join(temporaryFolder(), 'a.db')
    const old = opened(path)
    add(old, 'a')
    old.close()
    opened(path, [FIRST, SECOND]).close()
    const again = opened(path, [FIRST, SECOND])
    expect(again.sql('SELECT name, size FROM entry').all()).toEqual([{ name: 'a', size: 7 }])
  })

  test('a migration that fails leaves the file as it was', () => {
    const path = join(temporaryFolder(), 'a.db')
    const old = opened(path)
    add(old, 'a')
    old.close()
    expect(failureOf(() => openDatabase(path, [FIRST, `${SECOND}; NONSENSE`]))).toBeInstanceOf(StartError)
    expect(opened(path).sql('SELECT * FROM entry').all()).toEqual([{ name: 'a' }])
  })

  test.each(['DELETE', 'WAL'])('a file of a newer version is refused and not a byte of it changes (%s)', (mode) => {
    const folder = temporaryFolder()
    const path = join(folder, 'a.db')
    const newer = new DatabaseSync(path)
    newer.exec(`PRAGMA journal_mode = ${mode}; CREATE TABLE future (x); PRAGMA user_version = 3`)
    newer.close()
    const bytes = readFileSync(path)
    const failure = failureOf(() => openDatabase(path, [FIRST, SECOND]))
    expect(failure).toMatchObject({ code: 'database-unusable', exitCode: 2 })
    expect(String(failure)).toContain('written by a newer Blackcore Sync')
    expect(readFileSync(path).equals(bytes)).toBe(true)
    expect(filesBelow(folder)).toEqual(['a.db'])
  })

  test('a file that is no database is told as damaged, and stays', () => {
    const path = join(temporaryFolder(), 'a.db')
    writeFileSync(path, 'a person keeps notes here, longer than the header of a database has room for; so it is none')
    const failure = failureOf(() => openDatabase(path, [FIRST]))
    expect(failure).toBeInstanceOf(DamagedDatabaseError)
    expect(readFileSync(path, 'utf8')).toContain('a person keeps notes')
  })

  test('a commit is handed to the system, and the disk is left to the flush', () => {
    const database = opened(join(temporaryFolder(), 'a.db'))
    expect(database.sql('PRAGMA synchronous').get()).toEqual({ synchronous: 1 })
    expect(database.sql('PRAGMA journal_mode').get()).toEqual({ journal_mode: 'wal' })
  })
})

describe('transactions', () => {
  test('what is thrown rolls everything back and reaches the caller', () => {
    const database = opened(join(temporaryFolder(), 'a.db'))
    const failure = new Error('no')
    const thrown = failureOf(() => {
      database.transaction(() => {
        add(database, 'a')
        throw failure
      })
    })
    expect(thrown).toBe(failure)
    expect(count(database)).toBe(0)
    database.transaction(() => {
      add(database, 'b')
    })
    expect(count(database)).toBe(1)
  })

  test('a nested transaction is part of the outer one', () => {
    const database = opened(join(temporaryFolder(), 'a.db'))
    failureOf(() => {
      database.transaction(() => {
        database.transaction(() => {
          add(database, 'inner')
        })
        throw new Error('outer')
      })
    })
    expect(count(database)).toBe(0)
  })

  test('a transaction gives back what its work gave', () => {
    const database = opened(join(temporaryFolder(), 'a.db'))
    expect(database.transaction(() => 5)).toBe(5)
  })
})

describe('what was committed', () => {
  test('survives the end of the process without a flush', async () => {
    const path = join(temporaryFolder(), 'a.db')
    const source = new URL('../../../electron/engine/foundation/database.ts', import.meta.url).href
    const script = `
      const { openDatabase } = await import(${JSON.stringify(source)})
      const database = openDatabase(${JSON.stringify(path)}, [${JSON.stringify(FIRST)}])
      database.transaction(() => database.sql("INSERT INTO entry (name) VALUES ('a')").run())
      process.kill(process.pid, 'SIGKILL')`
    const child = spawn(process.execPath, ['--input-type=module', '--eval', script], { stdio: 'inherit' })
    expect(await once(child, 'exit')).toEqual([null, 'SIGKILL'])
    expect(count(opened(path))).toBe(1)
  })

  test('is in the write-ahead log that a flush brings to the disk', async () => {
    const path = join(temporaryFolder(), 'a.db')
    const flushed: { readonly path: string; readonly holdsEntry: boolean }[] = []
    const database = openDatabase(path, [FIRST], {
      openFlusher: (log) => ({
        flush: async () => {
          flushed.push({ path: log, holdsEntry: readFileSync(log).includes('a name to look for') })
        },
        close: () => undefined,
      }),
    })
    add(database, 'a name to look for')
    expect(flushed).toEqual([])
    await database.flush()
    expect(flushed).toEqual([{ path: `${path}-wal`, holdsEntry: true }])
    database.close()
  })

  test('cannot be brought to the disk while somebody else reads the log: that is told as what passes', async () => {
    const path = join(temporaryFolder(), 'a.db')
    const flush = () => Promise.reject(new Error('EIO'))
    const database = openDatabase(path, [FIRST], { openFlusher: () => ({ flush, close: () => undefined }) })
    add(database, 'a')
    await expect(database.flush()).rejects.toThrow('EIO')
    const stranger = new DatabaseSync(path, { readOnly: true })
    stranger.exec('BEGIN; SELECT 1 FROM sqlite_schema')
    await expect(database.flush()).rejects.toMatchObject({ code: 'EBUSY' })
    stranger.close()
    await database.flush()
    expect(database.isInDoubt()).toBe(false)
    database.close()
  })

  test('before a crash is moved out of the log when the file is opened again: its flush may have failed', async () => {
    const path = join(temporaryFolder(), 'a.db')
    const before = openDatabase(path, [FIRST])
    add(before, 'a name to look for')
    const copy = join(temporaryFolder(), 'a.db')
    for (const ending of ['', '-wal']) copyFileSync(`${path}${ending}`, `${copy}${ending}`)
    before.close()
    const after = openDatabase(copy, [FIRST], { isAfterCrash: true })
    expect(statSync(`${copy}-wal`).size).toBe(0)
    expect(readFileSync(copy).includes('a name to look for')).toBe(true)
    after.close()
  })

  test('is brought to the disk by moving the whole log into the file after a flush that failed', async () => {
    const path = join(temporaryFolder(), 'a.db')
    let refusals = 1
    const database = openDatabase(path, [FIRST], {
      openFlusher: () => ({
        flush: async () => {
          refusals -= 1
          if (refusals >= 0) throw new Error('EIO')
        },
        close: () => undefined,
      }),
    })
    add(database, 'a name to look for')
    await expect(database.flush()).rejects.toThrow('EIO')
    expect(database.isInDoubt()).toBe(true)
    const reader = database.snapshot()
    const flushed = database.flush()
    await endOfTurn()
    expect(database.isInDoubt()).toBe(true)
    reader.close()
    await flushed
    expect(database.isInDoubt()).toBe(false)
    expect(statSync(`${path}-wal`).size).toBe(0)
    expect(readFileSync(path).includes('a name to look for')).toBe(true)
    database.close()
  })
})

describe('snapshots', () => {
  test('a snapshot shows the state of its making, even when it is first read after later writes', () => {
    const database = opened(join(temporaryFolder(), 'a.db'))
    add(database, 'a')
    const snapshot = database.snapshot()
    add(database, 'b')
    expect(count(snapshot)).toBe(1)
    add(database, 'c')
    expect(count(snapshot)).toBe(1)
    expect(count(database)).toBe(3)
    snapshot.close()
  })

  test('a snapshot cannot write', () => {
    const database = opened(join(temporaryFolder(), 'a.db'))
    const snapshot = database.snapshot()
    expect(() => snapshot.sql("INSERT INTO entry VALUES ('x')").run()).toThrow(/readonly/)
    snapshot.close()
  })
})
