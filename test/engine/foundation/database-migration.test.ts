import { dirname, join } from 'node:path'
import { readFileSync, truncateSync, writeFileSync } from 'node:fs'
import { describe, expect, test } from 'vitest'
import { openDatabase } from '../../../electron/engine/foundation/database.ts'
import { StartError } from '../../../electron/engine/foundation/errors.ts'
import { filesBelow } from '../../support/folder-files.ts'
import { temporaryFolder } from '../../support/temporary-folder.ts'

const FIRST = 'CREATE TABLE entry (name TEXT UNIQUE) STRICT'
const SECOND = 'ALTER TABLE entry ADD COLUMN size INTEGER; UPDATE entry SET size = 7'
const THIRD = 'ALTER TABLE entry RENAME TO item'
const BROKEN = 'UPDATE entry SET name = upper(name); NONSENSE'

const BACKUP = 'a.db.version-1.backup'

/** A file of version 1 with one row. */
const versionOne = (): string => {
  const path = join(temporaryFolder(), 'a.db')
  const database = openDatabase(path, [FIRST])
  database.sql(`INSERT INTO entry VALUES ('a')`).run()
  database.close()
  return path
}

const open = (path: string, migrations: readonly string[], query: string): unknown => {
  const database = openDatabase(path, migrations)
  try {
    return database.sql(query).all()
  } finally {
    database.close()
  }
}

const ALL = 'SELECT * FROM entry'

describe('an older file', () => {
  test('is migrated after a copy of it was made, which an older program can use as it is', () => {
    const path = versionOne()
    expect(open(path, [FIRST, SECOND], ALL)).toEqual([{ name: 'a', size: 7 }])
    expect(filesBelow(dirname(path))).toEqual(['a.db', BACKUP])
    expect(open(join(dirname(path), BACKUP), [FIRST], ALL)).toEqual([{ name: 'a' }])
  })

  test('is copied with what only its write-ahead log holds', () => {
    const path = versionOne()
    const other = openDatabase(path, [FIRST])
    other.sql(`INSERT INTO entry VALUES ('b')`).run()
    expect(open(path, [FIRST, SECOND], ALL)).toHaveLength(2)
    other.close()
    expect(open(join(dirname(path), BACKUP), [FIRST], ALL)).toHaveLength(2)
  })

  test('is copied once, however many versions it is behind', () => {
    const path = versionOne()
    expect(open(path, [FIRST, SECOND, THIRD], 'SELECT * FROM item')).toEqual([{ name: 'a', size: 7 }])
    expect(filesBelow(dirname(path))).toEqual(['a.db', BACKUP])
  })

  test('is left as it was by a migration that fails; every further try does with the same copy', () => {
    const path = versionOne()
    const tryIt = (): void => {
      expect(() => openDatabase(path, [FIRST, BROKEN])).toThrow('cannot be used')
    }
    tryIt()
    const copy = readFileSync(join(dirname(path), BACKUP))
    tryIt()
    expect(readFileSync(join(dirname(path), BACKUP)).equals(copy)).toBe(true)
    expect(filesBelow(dirname(path))).toEqual(['a.db', BACKUP])
    expect(open(path, [FIRST], ALL)).toEqual([{ name: 'a' }])
    expect(open(path, [FIRST, SECOND], ALL)).toEqual([{ name: 'a', size: 7 }])
  })

  test.each<[string, (path: string) => void]>([
    [
      'torn',
      (path) => {
        truncateSync(path, 4_096)
      },
    ],
    [
      'of something else',
      (path) => {
        writeFileSync(path, 'not a database at all, but something that a person keeps here')
      },
    ],
    [
      'empty',
      (path) => {
        truncateSync(path, 0)
      },
    ],
  ])('is not trusted to a copy that is %s: a whole one is made beside it', (_, spoil) => {
    const path = versionOne()
    expect(() => openDatabase(path, [FIRST, BROKEN])).toThrow()
    spoil(join(dirname(path), BACKUP))
    const spoilt = readFileSync(join(dirname(path), BACKUP))
    expect(open(path, [FIRST, SECOND], ALL)).toEqual([{ name: 'a', size: 7 }])
    expect(filesBelow(dirname(path))).toEqual(['a.db', BACKUP, `${BACKUP}-2`])
    expect(readFileSync(join(dirname(path), BACKUP)).equals(spoilt)).toBe(true)
    expect(open(join(dirname(path), `${BACKUP}-2`), [FIRST], ALL)).toEqual([{ name: 'a' }])
  })

  test('is not migrated where no copy of it can be made', () => {
    const path = versionOne()
    for (let number = 1; number <= 9; number += 1) {
      writeFileSync(join(dirname(path), number === 1 ? BACKUP : `${BACKUP}-${number}`), 'no database')
    }
    expect(() => openDatabase(path, [FIRST, SECOND])).toThrow(StartError)
    expect(open(path, [FIRST], ALL)).toEqual([{ name: 'a' }])
  })
})

test('a new file and one of this version are not copied', () => {
  const path = join(temporaryFolder(), 'a.db')
  open(path, [FIRST, SECOND], ALL)
  open(path, [FIRST, SECOND], ALL)
  expect(filesBelow(dirname(path))).toEqual(['a.db'])
})
