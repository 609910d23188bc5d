import { copyFileSync, existsSync, readFileSync, rmSync, truncateSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { expect, test } from 'vitest'
import { openDatabase } from '../../../electron/engine/foundation/database.ts'
import { lookAtDatabase } from '../../../electron/engine/foundation/database-look.ts'
import { bytesOf, closedDatabase, crashedDatabase, damage, DAMAGES, ENTRIES } from '../../support/damaged-files.ts'
import { filesBelow } from '../../support/folder-files.ts'
import { temporaryFolder } from '../../support/temporary-folder.ts'

type Log = Parameters<typeof lookAtDatabase>[1]['log']

/** Looks, and sees that no name and no byte beside the database has changed. */
const look = (path: string, log: Log, { known = 1, isLookedThrough = true } = {}) => {
  const index = `${path}-shm`
  const contents = () => [bytesOf(path), existsSync(index) && readFileSync(index, 'base64'), filesBelow(dirname(path))]
  const before = contents()
  const found = lookAtDatabase(path, { known, log, isLookedThrough })
  expect(contents()).toEqual(before)
  return found
}

test('a sound file can be used, closed in order, left with its log, or empty', () => {
  expect(look(closedDatabase(), 'none')).toEqual({ kind: 'usable' })
  expect(look(crashedDatabase(), 'with-index')).toEqual({ kind: 'usable' })
  const empty = closedDatabase()
  truncateSync(empty, 0)
  expect(look(empty, 'none')).toEqual({ kind: 'usable' })
})

test.each(DAMAGES)('one that is damaged at %s is told, where it is looked through', (kind) => {
  const [closed, crashed] = [closedDatabase(), crashedDatabase()]
  for (const path of [closed, crashed]) damage(path, kind)
  expect(look(closed, 'none')).toEqual({ kind: 'damaged' })
  expect(look(crashed, 'with-index')).toEqual({ kind: 'damaged' })
})

test('a damage within is not looked for where an opening would not', () => {
  const path = closedDatabase()
  damage(path, 'a page in the middle')
  expect(look(path, 'none', { isLookedThrough: false })).toEqual({ kind: 'usable' })
})

test('a newer version is refused as an opening refuses it, be it in the file or in the log alone', () => {
  const path = join(temporaryFolder(), 'a.db')
  const refused = { kind: 'refused', error: { code: 'database-unusable', message: expect.stringContaining('newer') } }
  expect(look(closedDatabase(), 'none', { known: 0 })).toMatchObject(refused)
  const original = closedDatabase()
  const killed = openDatabase(original, [ENTRIES, 'CREATE TABLE later (n INTEGER) STRICT'])
  for (const ending of ['', '-wal', '-shm']) copyFileSync(`${original}${ending}`, `${path}${ending}`)
  killed.close()
  expect(look(path, 'none')).toEqual({ kind: 'usable' })
  expect(look(path, 'with-index')).toMatchObject(refused)
  // Whatever the killed program left in it, or a copy made of it.
  truncateSync(`${path}-shm`, 0)
  expect(look(path, 'with-index')).toMatchObject(refused)
})

test('of a log without its index nothing is claimed, but that the file is newer already', () => {
  const path = crashedDatabase()
  rmSync(`${path}-shm`)
  expect(look(path, 'without-index')).toEqual({ kind: 'unseen' })
  expect(look(path, 'without-index', { known: 0 })).toMatchObject({ kind: 'refused' })
  damage(path, 'the first page')
  expect(look(path, 'without-index')).toEqual({ kind: 'unseen' })
})

test('what is no file is refused as an opening refuses it', () => {
  const error = { code: 'database-unusable', message: expect.stringMatching(/ cannot be used: /) }
  const options = { known: 1, log: 'none', isLookedThrough: true } as const
  expect(lookAtDatabase(temporaryFolder(), options)).toMatchObject({ kind: 'refused', error })
})
