import { dirname } from 'node:path'
import { describe, expect, test } from 'vitest'
import { openDatabase, type OpenOptions } from '../../../electron/engine/foundation/database.ts'
import { DamagedDatabaseError } from '../../../electron/engine/foundation/database-errors.ts'
import { bytesOf, closedDatabase, crashedDatabase, damage, DAMAGES, ENTRIES } from '../../support/damaged-files.ts'
import { filesBelow } from '../../support/folder-files.ts'

const failureOf = (path: string, options: OpenOptions): unknown => {
  try {
    openDatabase(path, [ENTRIES], options).close()
    return null
  } catch (error) {
    return error
  }
}

test('a sound file is opened after a crash, with all that its write-ahead log holds', () => {
  const database = openDatabase(crashedDatabase(), [ENTRIES], { isAfterCrash: true })
  expect(database.sql('SELECT count(*) AS n FROM entry').get()).toEqual({ n: 4_001 })
  database.close()
})

describe.each(DAMAGES)('a file that is damaged at %s', (kind) => {
  test('is refused after a crash, and neither it nor its write-ahead log is touched', () => {
    const path = crashedDatabase()
    damage(path, kind)
    const before = bytesOf(path)
    expect(Object.keys(before)).toEqual(['', '-wal'])
    expect(failureOf(path, { isAfterCrash: true })).toBeInstanceOf(DamagedDatabaseError)
    expect(bytesOf(path)).toEqual(before)
  })

  test('is refused untouched after an orderly end as well, where it is looked through', () => {
    const path = closedDatabase()
    damage(path, kind)
    const before = bytesOf(path)
    expect(failureOf(path, { isInDoubt: true })).toBeInstanceOf(DamagedDatabaseError)
    expect(bytesOf(path)).toEqual(before)
    expect(filesBelow(dirname(path))).toEqual(['blackcore.db'])
  })
})

test('a file of a newer version is refused after a crash, and not a byte of it or of its log changes', () => {
  const path = crashedDatabase()
  const before = bytesOf(path)
  expect(() => openDatabase(path, [], { isAfterCrash: true })).toThrow('written by a newer Blackcore Sync')
  expect(bytesOf(path)).toEqual(before)
})
