import { copyFileSync, existsSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { basename, join } from 'node:path'
import { describe, expect, onTestFinished, test } from 'vitest'
import { cacheFolders } from '../../../electron/engine/cache/folders.ts'
import { diagnoseBesideEngine, diagnoseWithoutEngine } from '../../../electron/engine/diagnosis/door.ts'
import { readTextNow, systemDisk } from '../../../electron/engine/engine.ts'
import { systemClock } from '../../../electron/engine/foundation/clock.ts'
import { openDatabase } from '../../../electron/engine/foundation/database.ts'
import { takeFileLock } from '../../../electron/engine/foundation/file-lock.ts'
import { MIGRATIONS } from '../../../electron/engine/queue/migrations.ts'
import { loadSettings } from '../../../electron/engine/settings/load.ts'
import { openSecretStore } from '../../../electron/engine/settings/secret-store.ts'
import { startSimulator } from '../../../electron/simulator/server.ts'
import { CHECK_NAMES } from '../../../shared/diagnosis.ts'
import { closedDatabase, crashedDatabase, damage, DAMAGES } from '../../support/damaged-files.ts'
import { madeSecret, madeToken, type SettingsChanges, writeSettings } from '../../support/settings-file.ts'
import { takenPort } from '../../support/taken-port.ts'
import { temporaryFolder } from '../../support/temporary-folder.ts'

const start = async (changes: SettingsChanges = {}) => {
  const token = madeToken()
  const simulator = await startSimulator({ seed: 1, pagesPerDatabase: 2, requestsPerMinute: null, token })
  onTestFinished(() => simulator.stop())
  const folder = temporaryFolder()
  const dataFolder = join(folder, 'data')
  const { file } = writeSettings(folder, simulator.url, { ...changes, notion: { token, ...changes.notion } })
  const loaded = loadSettings({ file, cwd: folder, environment: {}, readText: readTextNow })
  const learnt: string[] = []
  const options = {
    loaded,
    dataFolder,
    disk: systemDisk,
    clock: systemClock,
    passphrase: null,
    learn: (secret: string) => learnt.push(secret),
    withFiles: false,
  }
  const look = async (more: Partial<Parameters<typeof diagnoseWithoutEngine>[0]> = {}) => {
    const { checks } = await diagnoseWithoutEngine({ ...options, ...more })
    return Object.fromEntries(checks.map(({ name, outcome, message }) => [name, `${outcome} ${message}`]))
  }
  return { dataFolder, options, look, token, learnt }
}

const LATER = 'CREATE TABLE later (n INTEGER) STRICT'

/** Every byte and every time of a folder: what would show that something was written there. */
const contentsOf = async (folder: string) => {
  const found: Record<string, unknown> = {}
  for (const name of readdirSync(folder)) {
    found[name] = [await systemDisk.facts(join(folder, name)), readFileSync(join(folder, name), 'base64')]
  }
  return found
}

test('everything but the settings is told in order, and nothing is left behind', async () => {
  const { options, dataFolder } = await start({ webhook: { secret: madeSecret() } })
  const { checks, files, isDiskSilent } = await diagnoseWithoutEngine(options)
  expect(checks.map(({ name }) => name)).toEqual(CHECK_NAMES.slice(1))
  expect(checks.filter(({ outcome }) => outcome === 'failed')).toEqual([])
  expect({ files, isDiskSilent, hasData: existsSync(dataFolder) }).toEqual({
    files: [],
    isDiskSilent: false,
    hasData: false,
  })
})

test('a port that another program has is told with its setting', async () => {
  const port = await takenPort()
  const { look } = await start({ webhook: { secret: madeSecret(), listen: { port } } })
  expect((await look())['listener']).toMatch(/^failed .*webhook\.listen\.port: 127\.0\.0\.1:\d+ is in use by another/)
})

test('without settings only the data folder is looked at', async () => {
  const { look } = await start()
  const told = await look({ loaded: null })
  const { disk, ...others } = told
  expect(Object.values(others)).toEqual(Array(7).fill('skipped not checked: the settings cannot be read.'))
  expect(disk).toMatch(/^notice Files can be written.*The cache folder was not checked/)
})

test('a folder in which no files can be written is told', async () => {
  const { look, options } = await start({ cache: { folder: 'webhook_config.yaml/cache' } })
  expect(options.loaded.settings.cache.folder).toContain('webhook_config.yaml')
  expect((await look())['disk']).toMatch(/^failed Files cannot be written: /)
})

test('a database of a newer program is told, as a start would tell it, and is not touched', async () => {
  const { look, dataFolder } = await start()
  const path = join(dataFolder, 'blackcore.db')
  mkdirSync(dataFolder)
  openDatabase(path, [...MIGRATIONS, LATER]).close()
  const before = readFileSync(path)
  const { length } = MIGRATIONS
  expect((await look())['disk']).toBe(
    `failed ${path} was written by a newer Blackcore Sync (its version is ${length + 1}, this program knows ${length}). Install the newer program again; nothing was changed.`,
  )
  expect([readdirSync(dataFolder), readFileSync(path).equals(before)]).toEqual([['blackcore.db'], true])
})

/** What a killed newer program leaves, whose version stands in the write-ahead log alone. */
const killedNewer = (dataFolder: string): string => {
  const path = join(dataFolder, 'blackcore.db')
  const original = join(temporaryFolder(), 'blackcore.db')
  mkdirSync(dataFolder)
  openDatabase(original, MIGRATIONS).close()
  const killed = openDatabase(original, [...MIGRATIONS, LATER])
  for (const ending of ['', '-wal', '-shm']) copyFileSync(`${original}${ending}`, `${path}${ending}`)
  killed.close()
  return path
}

test('a newer version that a killed program left in the write-ahead log is told, and no byte of its folder changes', async () => {
  const { look, dataFolder } = await start()
  const path = killedNewer(dataFolder)
  const before = await contentsOf(dataFolder)
  expect(Object.keys(before)).toEqual(['blackcore.db', 'blackcore.db-shm', 'blackcore.db-wal'])
  expect((await look())['disk']).toMatch(/^failed .*blackcore\.db was written by a newer Blackcore Sync /)
  expect(await contentsOf(dataFolder)).toEqual(before)
  // As a copy of the folder may lack it: SQLite reads no log without, and would write it here.
  rmSync(`${path}-shm`)
  expect((await look())['disk']).toBe(
    `notice Whether a start can use ${path} is not known: a program that was killed left ${path}-wal, which cannot be read here without ${path}-shm, and that is missing. A start makes it, and tells.`,
  )
  expect(Object.keys(await contentsOf(dataFolder))).toEqual(['blackcore.db', 'blackcore.db-wal'])
})

test('a database of this program and an older one are in order', async () => {
  const { look, dataFolder } = await start()
  const path = join(dataFolder, 'blackcore.db')
  mkdirSync(dataFolder)
  openDatabase(path, MIGRATIONS.slice(0, 2)).close()
  expect((await look())['disk']).toMatch(/^(ok|notice) /)
  openDatabase(path, MIGRATIONS).close()
  expect((await look())['disk']).toMatch(/^(ok|notice) /)
})

describe.each(DAMAGES)('a database that is damaged at %s', (kind) => {
  test.each([
    ['closed in order', closedDatabase],
    ['left by a killed program', (folder: string) => crashedDatabase('blackcore.db', folder)],
  ])('and was %s is told, with what a start does to it, and no byte of its folder changes', async (_, make) => {
    const { look, dataFolder } = await start()
    mkdirSync(dataFolder)
    const path = make(dataFolder)
    damage(path, kind)
    const before = await contentsOf(dataFolder)
    expect((await look())['disk']).toBe(
      `failed ${path} is damaged. A start sets it aside, never deletes it, and begins an empty one: updates that had been accepted may be missing until their pages change again. Check the disk before you start.`,
    )
    expect(await contentsOf(dataFolder)).toEqual(before)
  })
})

test('a sound database that a killed program left is in order, and no byte of its folder changes', async () => {
  const { look, dataFolder } = await start()
  mkdirSync(dataFolder)
  crashedDatabase('blackcore.db', dataFolder)
  const before = await contentsOf(dataFolder)
  expect((await look())['disk']).toMatch(/^(ok|notice) .*(are free)/)
  expect(await contentsOf(dataFolder)).toEqual(before)
})

test('a folder in the place of the database is told, as a start would tell it', async () => {
  const { look, dataFolder } = await start()
  mkdirSync(join(dataFolder, 'blackcore.db'), { recursive: true })
  expect((await look())['disk']).toMatch(/^failed The queue's file .*blackcore\.db cannot be used: /)
})

describe('a lock', () => {
  test.each([
    ['a folder', null, 'it is a folder'],
    ['some text', '{"pid": 7}', 'it holds something else'],
  ])('in whose place is %s is told for either folder, with what to do', async (_, text, reason) => {
    const { look, options, dataFolder } = await start()
    const { folder } = options.loaded.settings.cache
    for (const [owner, path] of [
      [folder, cacheFolders(folder).lock],
      [dataFolder, join(dataFolder, 'engine.lock')],
    ] as const) {
      mkdirSync(owner)
      if (text === null) mkdirSync(path)
      else writeFileSync(path, text)
      expect((await look())['disk']).toBe(
        `failed The lock file ${path} cannot be used: ${reason}. Move it away while no Blackcore Sync runs with that folder, then start.`,
      )
      expect(readdirSync(owner)).toEqual([basename(path)])
      rmSync(path, { recursive: true })
      expect((await look())['disk']).toMatch(/^(ok|notice) /)
    }
  })

  test('that holds nothing, as each does, is in order', async () => {
    const { look, dataFolder } = await start()
    mkdirSync(dataFolder)
    writeFileSync(join(dataFolder, 'engine.lock'), '')
    expect((await look())['disk']).toMatch(/^(ok|notice) /)
  })

  test('of the data folder that an engine holds, which answers nobody, is told', async () => {
    const { look, dataFolder } = await start()
    mkdirSync(dataFolder)
    const lock = takeFileLock(join(dataFolder, 'engine.lock'))
    expect((await look())['disk']).toMatch(/^failed Another Blackcore Sync is running with the folder .*data\. /)
    lock?.release()
  })
})

test('a cache folder that the engine of another data folder keeps is told, and its lock is left alone', async () => {
  const { look, options } = await start()
  const { folder } = options.loaded.settings.cache
  expect((await look())['disk']).toMatch(/^(ok|notice) /)
  expect(existsSync(folder)).toBe(false)
  mkdirSync(folder)
  const { lock: path } = cacheFolders(folder)
  const lock = takeFileLock(path)
  expect((await look())['disk']).toBe(
    `failed Another Blackcore Sync is running with the folder ${folder}. Stop it first, or give this one folders of its own.`,
  )
  lock?.release()
  expect((await look())['disk']).toMatch(/^(ok|notice) /)
  expect(readdirSync(folder)).toEqual([basename(path)])
})

describe('what is kept in the secrets file', () => {
  test('counts: the token is asked with, the pairing is seen, all are learnt, and the file stays as it is', async () => {
    const { dataFolder, look, token, learnt } = await start({ notion: { token: null } })
    expect((await look())['token']).toMatch(/^failed .*notion\.token has no value/)
    expect((await look())['listener']).toMatch(/^notice .*no secret is paired, so every delivery is refused\. Pair: /)
    await systemDisk.makeFolder(dataFolder)
    const secret = madeSecret()
    const store = await openSecretStore({ disk: systemDisk, dataFolder, passphrase: null })
    await store.keepToken('notion', token)
    await store.keepPaired([{ secret, workspace_id: null }])
    const before = readTextNow(join(dataFolder, 'secrets.json'))
    const told = await look({ passphrase: 'a passphrase that would seal it' })
    expect(told['token']).toBe('ok Notion accepts the integration token.')
    expect(told['listener']).toMatch(/^ok /)
    expect(learnt).toEqual(expect.arrayContaining([token, secret]))
    expect(readTextNow(join(dataFolder, 'secrets.json'))).toBe(before)
  })

  test('keeps an engine from starting where it cannot be read: that is told', async () => {
    const { dataFolder, look } = await start()
    await systemDisk.makeFolder(dataFolder)
    await systemDisk.writePrivate(join(dataFolder, 'secrets.json'), 'nothing of ours')
    const told = await look()
    expect(told['token']).toMatch(/^failed The secrets file .*is not one of this program/)
    expect(told['databases']).toBe('skipped not checked: there is no token to ask with.')
  })
})

test('beside an engine that cannot be asked the disk and the log are looked at, its secrets are learnt, and all stays as it is', async () => {
  const { options, dataFolder, token, learnt } = await start({ notion: { token: null } })
  await systemDisk.makeFolder(join(dataFolder, 'logs'))
  writeFileSync(join(dataFolder, 'logs', 'blackcore-sync.log'), '{"msg":"The last word"}\n')
  const store = await openSecretStore({ disk: systemDisk, dataFolder, passphrase: null })
  await store.keepToken('notion', token)
  const secret = madeSecret()
  await store.keepPaired([{ secret, workspace_id: null }])
  const lock = takeFileLock(join(dataFolder, 'engine.lock'))
  const before = readdirSync(dataFolder, { recursive: true })

  const found = await diagnoseBesideEngine({ ...options, withFiles: true, passphrase: 'one that would seal the file' })
  expect(found).toMatchObject({ checks: [{ name: 'disk' }], isDiskSilent: false })
  expect(found.checks[0]?.outcome).not.toBe('failed')
  expect(found.files).toEqual([{ name: 'log.txt', text: '{"msg":"The last word"}\n' }])
  expect(learnt).toEqual(expect.arrayContaining([token, secret]))
  expect(readdirSync(dataFolder, { recursive: true })).toEqual(before)
  expect((await diagnoseBesideEngine({ ...options, loaded: null })).files).toEqual([])
  lock?.release()
})
