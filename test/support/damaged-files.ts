import { closeSync, copyFileSync, existsSync, openSync, readFileSync, statSync, truncateSync, writeSync } from 'node:fs'
import { join } from 'node:path'
import { openDatabase } from '../../electron/engine/foundation/database.ts'
import { temporaryFolder } from './temporary-folder.ts'

export const ENTRIES = `
  CREATE TABLE entry (name TEXT NOT NULL) STRICT;
  CREATE INDEX entry_by_name ON entry (name)`

const ROWS = 4_000

/** What a crash leaves: a database of some hundred pages and the write-ahead log with its newest row, and their copy. */
export const crashedDatabase = (name = 'blackcore.db', folder = temporaryFolder()): string => {
  const original = join(temporaryFolder(), 'a.db')
  const path = join(folder, name)
  const database = openDatabase(original, [ENTRIES])
  database.sql('PRAGMA synchronous = OFF').run()
  database.transaction(() => {
    const insert = database.sql('INSERT INTO entry VALUES (?)')
    for (let row = 0; row < ROWS; row += 1) insert.run(`entry ${row} ${'x'.repeat(100)}`)
  })
  database.tidy()
  database.sql(`INSERT INTO entry VALUES ('newest')`).run()
  for (const ending of ['', '-wal', '-shm']) copyFileSync(`${original}${ending}`, `${path}${ending}`)
  database.close()
  return path
}

/** The same after an orderly end. */
export const closedDatabase = (folder = temporaryFolder()): string => {
  const path = crashedDatabase('blackcore.db', folder)
  openDatabase(path, [ENTRIES]).close()
  return path
}

const garble = (path: string, from: number, sizeBytes: number): void => {
  const file = openSync(path, 'r+')
  writeSync(file, Buffer.alloc(sizeBytes, 0xa5), 0, sizeBytes, from)
  closeSync(file)
}

export type Damage = 'the first page' | 'a page in the middle' | 'the second half, which is gone'

export const damage = (path: string, kind: Damage): void => {
  const sizeBytes = statSync(path).size
  if (kind === 'the first page') garble(path, 0, 4_096)
  else if (kind === 'a page in the middle') garble(path, Math.floor(sizeBytes / 8_192) * 4_096, 8_192)
  else truncateSync(path, Math.floor(sizeBytes / 8_192) * 4_096)
}

export const DAMAGES: readonly Damage[] = ['the first page', 'a page in the middle', 'the second half, which is gone']

/** The bytes of a database and of what lies beside it, by their endings. */
export const bytesOf = (path: string): Readonly<Record<string, string>> =>
  Object.fromEntries(
    ['', '-wal']
      .filter((ending) => existsSync(`${path}${ending}`))
      .map((ending) => [ending, readFileSync(`${path}${ending}`, 'base64')]),
  )
