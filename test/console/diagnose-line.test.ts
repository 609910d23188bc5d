import { mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { strFromU8, unzipSync } from 'fflate'
import { expect, onTestFinished, test, vi } from 'vitest'
import { runDiagnose } from '../../electron/console/diagnose-line.ts'
import { createRedactor, systemDisk } from '../../electron/engine/engine.ts'
import { openSecretStore } from '../../electron/engine/settings/secret-store.ts'
import { startConsoleOn } from '../support/data-folder.ts'
import { madeSecret, madeToken, writeSettings } from '../support/settings-file.ts'
import { temporaryFolder } from '../support/temporary-folder.ts'

test('the bundle of an engine that hangs holds its log, without what the settings, the environment, the secrets file or a shape gives away', async () => {
  const hanging = new AbortController()
  const { folder: dataFolder } = await startConsoleOn({
    pairing: () => {
      hanging.abort(new DOMException('The time limit is over', 'TimeoutError'))
      return Promise.withResolvers<never>().promise
    },
  })
  const ofSettings = 'a-secret-of-the-settings'
  const ofEnvironment = 'words of the environment'
  const ofStore = 'a-token-that-is-kept'
  const waiting = madeSecret()
  const store = await openSecretStore({ disk: systemDisk, dataFolder, passphrase: ofEnvironment })
  await store.keepToken('tunnel', ofStore)
  mkdirSync(join(dataFolder, 'logs'))
  const secrets = [ofSettings, ofEnvironment, ofStore, waiting]
  writeFileSync(
    join(dataFolder, 'logs', 'blackcore-sync.log'),
    secrets.map((secret) => `before ${secret} after\n`).join(''),
  )

  const folder = temporaryFolder()
  const { file } = writeSettings(folder, 'http://127.0.0.1:9', {
    webhook: { secret: ofSettings },
    notion: { token: madeToken() },
  })
  const bundle = join(folder, 'b.zip')
  const output = vi.spyOn(process.stdout, 'write').mockReturnValue(true)
  onTestFinished(() => {
    output.mockRestore()
  })
  const options = {
    config: file,
    bundle,
    isJson: true,
    cwd: folder,
    environment: { BLACKCORE_SECRETS_KEY: ofEnvironment },
  }
  const ended = await runDiagnose(options, dataFolder, createRedactor(), () => hanging.signal)

  expect(ended).toEqual({ hasFailed: true, isDiskSilent: false })
  const files = unzipSync(readFileSync(bundle))
  const log = strFromU8(files['blackcore-sync/log.txt'] ?? new Uint8Array())
  expect(log.match(/^before .* after$/gm)).toHaveLength(4)
  const everything = Object.values(files)
    .map((bytes) => strFromU8(bytes))
    .join('\n')
  expect(secrets.filter((secret) => everything.includes(secret))).toEqual([])
  expect(everything).toMatch(/^(ok|notice) +disk /m)
})
