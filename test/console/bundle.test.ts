import { join } from 'node:path'
import { strFromU8, unzipSync } from 'fflate'
import { expect, test } from 'vitest'
import { packBundle, settingsFile } from '../../electron/console/bundle.ts'
import { readTextNow } from '../../electron/engine/engine.ts'
import { loadSettings } from '../../electron/engine/settings/load.ts'
import { madeSecret, madeToken, writeSettings } from '../support/settings-file.ts'
import { temporaryFolder } from '../support/temporary-folder.ts'

test('of the settings everything is told but the secrets: of those only that they are set', () => {
  const folder = temporaryFolder()
  const [secret, token] = [madeSecret(), madeToken()]
  const { file } = writeSettings(folder, 'http://127.0.0.1:1', { webhook: { secret }, notion: { token } })
  const { settings } = loadSettings({ file, cwd: folder, environment: {}, readText: readTextNow })
  const { text } = settingsFile(settings)
  expect([secret, token].filter((each) => text.includes(each))).toEqual([])
  expect(JSON.parse(text)).toEqual({
    ...settings,
    webhook: { ...settings.webhook, secret: '[hidden]' },
    notion: { ...settings.notion, token: '[hidden]' },
  })
  expect(join(folder, 'cache')).toBe(settings.cache.folder)
})

test('what was packed is unpacked again, in one folder', async () => {
  const bytes = await packBundle(
    [
      { name: 'a.txt', text: 'Zwölf Ünïcode 日本\n' },
      { name: 'b.json', text: '{}' },
    ],
    Date.now(),
  )
  const files = unzipSync(bytes)
  expect(Object.entries(files).map(([name, file]) => [name, strFromU8(file)])).toEqual([
    ['blackcore-sync/a.txt', 'Zwölf Ünïcode 日本\n'],
    ['blackcore-sync/b.json', '{}'],
  ])
})
