import { existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { basename, join } from 'node:path'
import { describe, expect, onTestFinished, test } from 'vitest'
import { cacheFolders } from '../../../electron/engine/cache/folders.ts'
import { diagnoseWithoutEngine } from '../../../electron/engine/diagnosis/door.ts'
import { readTextNow, systemDisk } from '../../../electron/engine/engine.ts'
import { systemClock } from '../../../electron/engine/foundation/clock.ts'
import { takeFileLock, openDatabase } from '../../../electron/engine/foundation/database.ts'
import { MIGRATIONS } from '../../../electron/engine/queue/migrations.ts'
import { loadSettings } from '../../../electron/engine/settings/load.ts'
import { openSecretStore } from '../../../electron/engine/settings/secret-store.ts'
import { startSimulator } from '../../../electron/simulator/server.ts'
import { CHECK_NAMES } from '../../../shared/diagnosis.ts'
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
  openDatabase(path, [...MIGRATIONS, 'CREATE TABLE later (n INTEGER) STRICT']).close()
  const before = readFileSync(path)
  const { length } = MIGRATIONS
  expect((await look())['disk']).toBe(
    `failed ${path} was written by a newer Blackcore Sync (its version is ${length + 1}, this program knows ${length}). Install the newer program again; nothing was changed.`,
  )
  expect([readdirSync(dataFolder), readFileSync(path).equals(before)]).toEqual([['blackcore.db'], true])
})

test('a database of this program, an older one, and a damaged one, which a start sets aside, are in order', async () => {
  const { look, dataFolder } = await start()
  const path = join(dataFolder, 'blackcore.db')
  mkdirSync(dataFolder)
  openDatabase(path, MIGRATIONS.slice(0, 2)).close()
  expect((await look())['disk']).toMatch(/^(ok|notice) /)
  openDatabase(path, MIGRATIONS).close()
  expect((await look())['disk']).toMatch(/^(ok|notice) /)
  writeFileSync(path, 'no database at all, however long one looks at it')
  expect((await look())['disk']).toMatch(/^(ok|notice) /)
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
