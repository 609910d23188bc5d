import { mkdirSync, renameSync, rmSync, statSync, truncateSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { systemDisk } from '../../../electron/engine/foundation/disk.ts'
import { openStorage, type StorageOptions } from '../../../electron/engine/foundation/storage.ts'
import { bytesOf, closedDatabase, crashedDatabase, damage, DAMAGES, ENTRIES } from '../../support/damaged-files.ts'
import { filesBelow } from '../../support/folder-files.ts'
import { temporaryFolder } from '../../support/temporary-folder.ts'

const NOON = Date.UTC(2026, 10, 23, 12)

const optionsIn = (folder: string, now = NOON): StorageOptions => ({
  disk: systemDisk,
  dataFolder: join(folder, 'data'),
  cacheFolder: join(folder, 'cache'),
  cacheLock: join(folder, 'cache', '.lock'),
  whereCache: 'cache.folder',
  migrations: [ENTRIES],
  now,
})

const folderWithData = (): string => {
  const folder = temporaryFolder()
  mkdirSync(join(folder, 'data'))
  return folder
}

const ASIDE = 'blackcore.db.damaged-2026-11-23T12-00-00.000Z'

test.each(DAMAGES)(
  'a database that is damaged at %s is set aside with its log, byte for byte, and a new one begun',
  async (kind) => {
    const folder = folderWithData()
    const path = crashedDatabase('blackcore.db', join(folder, 'data'))
    damage(path, kind)
    const before = bytesOf(path)
    const storage = await openStorage(optionsIn(folder))
    expect(storage.setAside).toBe(join(folder, 'data', ASIDE))
    expect(bytesOf(join(folder, 'data', ASIDE))).toEqual(before)
    expect(storage.database.sql('SELECT * FROM entry').all()).toEqual([])
    storage.database.sql(`INSERT INTO entry VALUES ('new')`).run()
    storage.close()
    expect(filesBelow(join(folder, 'data'))).toEqual([
      'blackcore.db',
      ASIDE,
      `${ASIDE}-shm`,
      `${ASIDE}-wal`,
      'engine.lock',
    ])
    const again = await openStorage(optionsIn(folder))
    // Told at each start, until a person moves it away.
    expect(again.setAside).toBe(join(folder, 'data', ASIDE))
    expect(again.database.sql('SELECT * FROM entry').all()).toEqual([{ name: 'new' }])
    again.close()
    for (const ending of ['', '-shm', '-wal']) rmSync(join(folder, 'data', `${ASIDE}${ending}`))
    const last = await openStorage(optionsIn(folder))
    expect(last.setAside).toBeNull()
    last.close()
  },
)

test('a setting aside that was broken off begins no new file with the log of the old one', async () => {
  const folder = folderWithData()
  const path = crashedDatabase('blackcore.db', join(folder, 'data'))
  renameSync(path, join(folder, 'data', ASIDE))
  expect(statSync(`${path}-wal`).size).toBeGreaterThan(0)
  const storage = await openStorage(optionsIn(folder))
  expect(storage.setAside).toBe(join(folder, 'data', ASIDE))
  expect(storage.database.sql('SELECT * FROM entry').all()).toEqual([])
  storage.close()
  expect(filesBelow(join(folder, 'data')).filter((name) => name.includes('damaged'))).toContain(`${ASIDE}-wal`)
})

test.each(DAMAGES)('a database that is damaged at %s after an orderly end is set aside just so', async (kind) => {
  const folder = folderWithData()
  const path = closedDatabase(join(folder, 'data'))
  damage(path, kind)
  const before = bytesOf(path)
  const storage = await openStorage(optionsIn(folder))
  storage.close()
  expect(bytesOf(join(folder, 'data', ASIDE))).toEqual(before)
})

test('a second damaged database is set aside beside the first', async () => {
  const folder = folderWithData()
  for (const now of [NOON, NOON + 1]) {
    damage(closedDatabase(join(folder, 'data')), 'the first page')
    const storage = await openStorage(optionsIn(folder, now))
    storage.close()
  }
  const names = filesBelow(join(folder, 'data')).filter((name) => name.includes('damaged'))
  expect(names).toEqual([ASIDE, ASIDE.replace('000Z', '001Z')])
})

test('a sound database that a crash left is opened with all that it holds, and nothing is set aside', async () => {
  const folder = folderWithData()
  crashedDatabase('blackcore.db', join(folder, 'data'))
  const storage = await openStorage(optionsIn(folder))
  expect(storage.setAside).toBeNull()
  expect(storage.database.sql('SELECT count(*) AS n FROM entry').get()).toEqual({ n: 4_001 })
  storage.close()
})

test('an empty file, which a crash at the very first start leaves, is a new database', async () => {
  const folder = folderWithData()
  truncateSync(closedDatabase(join(folder, 'data')), 0)
  const storage = await openStorage(optionsIn(folder))
  expect(storage.setAside).toBeNull()
  expect(storage.database.sql('SELECT * FROM entry').all()).toEqual([])
  storage.close()
})

test('the sizes are those on the disk', async () => {
  const folder = folderWithData()
  const storage = await openStorage(optionsIn(folder))
  storage.database.sql(`INSERT INTO entry VALUES ('a')`).run()
  const sizes = await storage.sizes()
  const facts = async (ending: string) =>
    (await systemDisk.facts(join(folder, 'data', `blackcore.db${ending}`)))?.sizeBytes
  expect(sizes).toEqual({ database: await facts(''), write_ahead_log: await facts('-wal') })
  expect(sizes.write_ahead_log).toBeGreaterThan(0)
  storage.close()
})
