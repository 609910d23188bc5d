import { readFileSync, statSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, onTestFinished, test } from 'vitest'
import { consoleFilePath, consoleFileSchema } from '../../electron/console/console-file.ts'
import { SECRETS_FILE } from '../../electron/engine/settings/secret-store.ts'
import { startSimulator } from '../../electron/simulator/server.ts'
import { answering, startAnsweringServer } from '../support/answering-server.ts'
import { startEngineProcess } from '../support/engine-process.ts'
import { healthAt, runProgram } from '../support/program-run.ts'
import { madeSecret, madeToken, writeSettings } from '../support/settings-file.ts'
import { temporaryFolder } from '../support/temporary-folder.ts'
import { until } from '../support/until.ts'

const KEPT = 'The token of Notion is kept. It takes effect with the next start'

const shownBy = async (url: string): Promise<string> => (await fetch(url)).text()

/** A simulator that knows one token, and settings that name none. */
const prepare = async () => {
  const token = madeToken()
  const simulator = await startSimulator({ seed: 1, pagesPerDatabase: 5, requestsPerMinute: null, token })
  onTestFinished(() => simulator.stop())
  const folder = temporaryFolder()
  const data = join(folder, 'data')
  const settings = { webhook: { secret: madeSecret() }, notion: { token: null } }
  const { file } = writeSettings(folder, simulator.url, settings)
  const commandWith = async (
    environment: Readonly<Record<string, string>>,
    input: string,
    ...args: readonly string[]
  ) => {
    const run = runProgram('headless', ['keep-token', ...args, '--data', data], { input, environment })
    const { code } = await run.ended
    return { code, stdout: run.stdout(), stderr: run.stderr() }
  }
  const command = (input: string, ...args: readonly string[]) => commandWith({}, input, ...args)
  return { token, file, data, command, commandWith, secretsFile: join(data, SECRETS_FILE) }
}

test('a token that was kept is the one that the engine asks Notion with, and no argument ever held it', async () => {
  const { token, file, data, command, secretsFile } = await prepare()
  expect(await command(`${token}\n`, 'notion')).toEqual({ code: 0, stdout: `${KEPT}.\n`, stderr: '' })
  if (process.platform !== 'win32') expect(statSync(secretsFile).mode & 0o777).toBe(0o600)

  const { run, ready } = await startEngineProcess(file, data)
  await until('the workspace is known', async () => !(await shownBy(ready.console)).includes('not connected yet'))
  expect((await healthAt(ready.console)).status).toBe('healthy')

  // While it runs, it is the one who writes.
  const next = madeToken()
  expect(await command(next, 'notion')).toEqual({
    code: 0,
    stdout: `${KEPT}: the engine that runs goes on with the one it has.\n`,
    stderr: '',
  })
  expect(readFileSync(secretsFile, 'utf8')).toContain(next)
  expect((await healthAt(ready.console)).status).toBe('healthy')
  expect(await command('', 'notion', '--forget')).toMatchObject({ code: 0, stderr: '' })
  run.kill('SIGTERM')
  await run.ended
  for (const hidden of [token, next]) expect(run.stdout() + run.stderr()).not.toContain(hidden)
  expect(readFileSync(secretsFile, 'utf8')).not.toContain('ntn_')

  const without = runProgram('headless', ['--config', file, '--data', data])
  expect(await without.ended).toEqual({ code: 2, signal: null })
  expect(without.stderr()).toMatch(/^[^\n]*notion\.token[^\n]* has no value: [^\n]* keep-token notion"\.\n$/)
})

test('beside a killed engine it is kept in the file, and whoever has its port is sent nothing', async () => {
  const { token, file, data, command, secretsFile } = await prepare()
  const first = await startEngineProcess(file, data, { environment: { NOTION_TOKEN: token } })
  first.run.kill('SIGKILL')
  await first.run.ended
  const pairing = { until: null, tokens: [], isPaired: false, confirmed: null }
  const { asked, url } = await startAnsweringServer(answering(200, pairing))
  const stale = consoleFileSchema.parse(JSON.parse(readFileSync(consoleFilePath(data), 'utf8')))
  writeFileSync(consoleFilePath(data), JSON.stringify({ ...stale, url }))
  expect(await command(`${token}\n`, 'notion')).toEqual({ code: 0, stdout: `${KEPT}.\n`, stderr: '' })
  expect(asked).toEqual([])
  expect(readFileSync(secretsFile, 'utf8')).toContain(token)
})

test('beside an engine it is encrypted as that one keeps what it has, and a passphrase of the command that differs is told', async () => {
  const { token, file, data, commandWith, secretsFile } = await prepare()
  const [own, other] = ['engines-own-words', 'the-commands-words']
  await startEngineProcess(file, data, { environment: { NOTION_TOKEN: token, BLACKCORE_SECRETS_KEY: own } })
  const next = madeToken()
  const told = async (key: string) => {
    const { code, stdout, stderr } = await commandWith({ BLACKCORE_SECRETS_KEY: key }, next, 'tunnel')
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' })
    for (const hidden of [own, other, next]) expect(stdout).not.toContain(hidden)
    return stdout
  }
  expect(await told(other)).toMatch(
    / The one given to this command does not open the file, and was not used: [^\n]+\.\n$/,
  )
  expect(await told(own)).toMatch(/ engine that runs, which is the one given to this command\.\n$/)
  expect(readFileSync(secretsFile, 'utf8')).toMatch(/^\{"version":1,"sealed":/)
})

test.each([
  ['an empty line', '\n'],
  ['nothing', ''],
  ['two words', 'a token\n'],
  ['a control character', 'tok\u0007en\n'],
  ['too much', `${'x'.repeat(501)}\n`],
])('%s is refused with one sentence, and no file is made', async (_, input) => {
  const data = join(temporaryFolder(), 'data')
  const run = runProgram('headless', ['keep-token', 'tunnel', '--data', data], { input })
  expect(await run.ended).toEqual({ code: 2, signal: null })
  expect(run.stderr()).toBe('That is no token: it is one word of 1 to 500 visible characters. Nothing was kept.\n')
  expect(() => statSync(data)).toThrow('ENOENT')
})
