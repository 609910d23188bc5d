import { chmodSync, existsSync, mkdirSync, readdirSync, statSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { expect, test } from 'vitest'
import { systemDisk } from '../../../electron/engine/foundation/disk.ts'
import { openStorage, type StorageOptions } from '../../../electron/engine/foundation/storage.ts'
import { damage } from '../../support/damaged-files.ts'
import { filesBelow } from '../../support/folder-files.ts'
import { temporaryFolder } from '../../support/temporary-folder.ts'

const optionsIn = (folder: string, changes: Partial<StorageOptions> = {}): StorageOptions => {
  const cacheFolder = changes.cacheFolder ?? join(folder, 'cache')
  return {
    disk: systemDisk,
    dataFolder: join(folder, 'data'),
    cacheLock: join(cacheFolder, '.lock'),
    whereCache: 'settings.yaml:3 cache.folder',
    migrations: ['CREATE TABLE entry (name TEXT) STRICT'],
    now: Date.UTC(2026, 10, 23, 12),
    ...changes,
    cacheFolder,
  }
}

test('missing folders are created, and nothing but locks and the database is put into them', async () => {
  const folder = temporaryFolder()
  const storage = await openStorage(optionsIn(folder))
  storage.database.sql("INSERT INTO entry VALUES ('a')").run()
  storage.close()
  expect(filesBelow(folder)).toEqual(['cache/.lock', 'data/blackcore.db', 'data/engine.lock'])
})

/** The rights of each file of the database. */
const rightsIn = (dataFolder: string): ReadonlySet<number> =>
  new Set(
    readdirSync(dataFolder)
      .filter((name) => name.startsWith('blackcore.db'))
      .map((name) => statSync(join(dataFolder, name)).mode & 0o777),
  )

test.runIf(process.platform !== 'win32')(
  'the database is this user’s alone in a data folder that others can read too, what it was before and its copies as well',
  async () => {
    const folder = temporaryFolder()
    const options = optionsIn(folder)
    mkdirSync(options.dataFolder, { mode: 0o755 })
    const isPrivate = async (changes: Partial<StorageOptions> = {}): Promise<readonly string[]> => {
      const storage = await openStorage({ ...options, ...changes })
      storage.database.sql("INSERT INTO entry VALUES ('a')").run()
      expect(rightsIn(options.dataFolder)).toEqual(new Set([0o600]))
      const names = readdirSync(options.dataFolder)
      storage.close()
      return names
    }
    expect(await isPrivate()).toEqual(expect.arrayContaining(['blackcore.db', 'blackcore.db-shm', 'blackcore.db-wal']))
    chmodSync(join(options.dataFolder, 'blackcore.db'), 0o644)
    expect(await isPrivate({ migrations: [...options.migrations, 'SELECT 1'] })).toContain(
      'blackcore.db.version-1.backup',
    )
    damage(join(options.dataFolder, 'blackcore.db'), 'the first page')
    expect(
      (await isPrivate({ migrations: [...options.migrations, 'SELECT 1'] })).filter((name) => name.includes('damaged')),
    ).not.toEqual([])
    expect(statSync(options.dataFolder).mode & 0o777).toBe(0o755)
  },
)

test('a second engine with the same data folder is refused before it changes anything', async () => {
  const folder = temporaryFolder()
  const storage = await openStorage(optionsIn(folder))
  const second = openStorage(optionsIn(folder, { cacheFolder: join(folder, 'other') }))
  await expect(second).rejects.toMatchObject({ code: 'already-running', exitCode: 3 })
  await expect(second).rejects.toThrow(join(folder, 'data'))
  storage.close()
})

test('a second engine with the same cache folder is refused, and keeps no lock of its own', async () => {
  const folder = temporaryFolder()
  const storage = await openStorage(optionsIn(folder))
  const other = optionsIn(folder, { dataFolder: join(folder, 'other') })
  await expect(openStorage(other)).rejects.toMatchObject({ code: 'already-running', exitCode: 3 })
  expect(existsSync(join(folder, 'other', 'blackcore.db'))).toBe(false)
  storage.close()
  const later = await openStorage(other)
  later.close()
})

test('closing gives the folders free', async () => {
  const folder = temporaryFolder()
  const first = await openStorage(optionsIn(folder))
  first.close()
  const second = await openStorage(optionsIn(folder))
  second.close()
})

test('a database that cannot be used gives the folders free again', async () => {
  const folder = temporaryFolder()
  const options = optionsIn(folder)
  mkdirSync(options.dataFolder)
  const newer = new DatabaseSync(join(options.dataFolder, 'blackcore.db'))
  newer.exec('PRAGMA user_version = 9')
  newer.close()
  await expect(openStorage(options)).rejects.toMatchObject({ code: 'database-unusable', exitCode: 2 })
  await expect(openStorage(options)).rejects.toMatchObject({ code: 'database-unusable' })
})

test('a folder in which files cannot be written is told by the setting that names it', async () => {
  const folder = temporaryFolder()
  writeFileSync(join(folder, 'file'), '')
  const options = optionsIn(folder, { cacheFolder: join(folder, 'file', 'cache') })
  await expect(openStorage(options)).rejects.toMatchObject({
    code: 'folder-unusable',
    exitCode: 2,
    message: expect.stringMatching(/^settings\.yaml:3 cache\.folder: files cannot be written in /),
  })
})
