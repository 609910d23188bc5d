import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { expect, onTestFinished, test } from 'vitest'
import { readTextNow } from '../../../electron/engine/foundation/disk.ts'
import { refusedByDisk } from '../../../electron/engine/foundation/refused-work.ts'
import { closedDatabase, damage } from '../../support/damaged-files.ts'
import { temporaryFolder } from '../../support/temporary-folder.ts'

const errorOf = (work: () => unknown): unknown => {
  try {
    return work()
  } catch (error) {
    return error
  }
}

const opened = (path: string): DatabaseSync => {
  const database = new DatabaseSync(path)
  onTestFinished(() => {
    database.close()
  })
  return database
}

test('a database that another program has locked is told with what to end', () => {
  const path = join(temporaryFolder(), 'a.db')
  const [one, other] = [opened(path), opened(path)]
  other.exec('BEGIN IMMEDIATE')
  const error = errorOf(() => {
    one.exec('BEGIN IMMEDIATE')
  })
  expect(refusedByDisk(error)).toBe(
    "another program holds the queue's file locked (database is locked). End that program, then try again.",
  )
})

test('a damaged database is told, and that a start loses nothing of it', () => {
  const path = closedDatabase()
  damage(path, 'a page in the middle')
  const database = opened(path)
  const error = errorOf(() => database.prepare('SELECT max(length(name)) FROM entry NOT INDEXED').get())
  expect(refusedByDisk(error)).toBe(
    "the queue's file is damaged (database disk image is malformed). Check the disk, then stop this program and start it again: a damaged file is set aside, never deleted.",
  )
})

test('a disk that is full or refuses is told with what it said', () => {
  const full = Object.assign(new Error('no space left on device'), { code: 'ENOSPC' })
  const advice = 'Check its space and its permissions, then try again.'
  expect(refusedByDisk(full)).toBe(`the disk refuses (no space left on device). ${advice}`)
  const folder = temporaryFolder()
  expect(refusedByDisk(errorOf(() => readTextNow(folder)))).toMatch(/^the disk refuses \(EISDIR.*\)\. Check its space/)
  writeFileSync(join(folder, 'a'), '')
  expect(refusedByDisk(errorOf(() => readTextNow(join(folder, 'a', 'b'))))).toMatch(/^the disk refuses \(ENOTDIR/)
})

test('a bug is no fault of the disk', () => {
  expect(refusedByDisk(new TypeError('undefined is not a function'))).toBeNull()
  expect(refusedByDisk(Object.assign(new TypeError('wrong call'), { code: 'ERR_INVALID_ARG_TYPE' }))).toBeNull()
  expect(refusedByDisk('a text')).toBeNull()
})
