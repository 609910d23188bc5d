import { existsSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { type Ended, runProgram } from '../support/program-run.ts'
import { madeSecret, madeToken, type SettingsChanges, writeSettings } from '../support/settings-file.ts'
import { freePort, takenPort } from '../support/taken-port.ts'
import { lockedFolderWith } from '../support/data-folder.ts'
import { temporaryFolder } from '../support/temporary-folder.ts'

interface Refusal {
  readonly ended: Ended
  readonly stdout: string
  /** One line: a stack or a second message would be more. */
  readonly sentence: string
}

const refusalOf = async (args: readonly string[], environment: Readonly<Record<string, string>> = {}) => {
  const run = runProgram('headless', args, { environment })
  const ended = await run.ended
  return { ended, stdout: run.stdout(), sentence: run.stderr() } satisfies Refusal
}

const refused = (sentence: RegExp) => ({
  ended: { code: 2, signal: null },
  stdout: '',
  sentence: expect.stringMatching(sentence),
})

/** A start with these settings, in a folder of its own. */
const startWith = async (changes: SettingsChanges, data?: (folder: string) => string) => {
  const folder = temporaryFolder()
  const { file } = writeSettings(folder, `http://127.0.0.1:${await freePort()}`, {
    ...changes,
    webhook: { secret: madeSecret(), ...changes.webhook },
  })
  const refusal = await refusalOf(['--config', file, '--data', data?.(folder) ?? join(folder, 'data')])
  return { folder, file, refusal }
}

const escaped = (text: string): string => text.replaceAll(/[.*+?^${}()|[\]\\]/g, '\\$&')

test('a command without --config, or with an option that nobody knows, is told how to be written', async () => {
  const commands = '[pair | diagnose | keep-token | disconnect | jobs | retry | discard | pause | resume | wait-idle]'
  const usage = `${escaped(`Usage: npm run headless -- ${commands} --config FILE [--data FOLDER]`)}\\n$`
  expect(await refusalOf([])).toEqual(refused(new RegExp(`^The settings file is missing\\. ${usage}`)))
  expect(await refusalOf(['--cofnig', 'a.yaml'])).toEqual(refused(new RegExp(`^Unknown option '--cofnig'.* ${usage}`)))
  expect(await refusalOf(['--config'])).toEqual(refused(new RegExp(`^Option '--config.*${usage}`)))
  expect(await refusalOf(['--config', 'a.yaml', 'stray'])).toEqual(
    refused(new RegExp(`^There is no such command\\. ${usage}`)),
  )
  expect(await refusalOf(['--config', 'a.yaml', 'resmue'])).toEqual(
    refused(new RegExp(`^There is no such command; "resume" is near\\. ${usage}`)),
  )
})

test('a word that does not belong on the command line is not repeated: it may be a token of any shape', async () => {
  const token = 'plainTokenWithoutAShape'
  const data = temporaryFolder()
  for (const args of [
    [token],
    ['pair', token],
    ['pair', '--confirm', '--', token],
    ['diagnose', token, '--config', 'a.yaml'],
    ['disconnect', token],
    ['keep-token', token],
    ['keep-token', 'notion', token],
    [`--token=${token}`],
    ['pair', '--token', token],
    [`--yes=${token}`],
  ]) {
    const refusal = await refusalOf([...args, '--data', data])
    expect(refusal, args.join(' ')).toMatchObject(refused(/^[^\n]+\n$/))
    expect(refusal.sentence, args.join(' ')).not.toContain(token)
  }
})

test('a time below nothing is told in our own words', async () => {
  const data = lockedFolderWith({ url: 'http://127.0.0.1:1', token: 'x'.repeat(32), pid: 1 })
  expect(await refusalOf(['pause', '--for', '-5m', '--data', data])).toEqual(
    refused(/^--for takes a time such as 30m, up to 24h, but is -5m\.\n$/),
  )
})

test('a settings file that is missing, or is a folder, is told', async () => {
  const folder = temporaryFolder()
  const missing = join(folder, 'missing.yaml')
  expect(await refusalOf(['--config', missing])).toEqual(
    refused(new RegExp(`^${escaped(missing)} cannot be read: there is no such file\\.\\n$`)),
  )
  expect(await refusalOf(['--config', folder])).toEqual(
    refused(new RegExp(`^${escaped(folder)} cannot be read: it is a folder\\.\\n$`)),
  )
})

test('an unknown key, a wrong type and broken YAML are told with file, line and key', async () => {
  const { file, refusal } = await startWith({ webhook: { retries: 3 } })
  expect(refusal).toEqual(refused(new RegExp(`^${escaped(file)}:\\d+: webhook\\.retries .*\\n$`)))
  const line = readFileSync(file, 'utf8')
    .split('\n')
    .findIndex((text) => text.includes('retries'))
  expect(refusal.sentence).toContain(`:${line + 1}: `)
  const wrong = await startWith({ webhook: { listen: { port: 'eight thousand' } } })
  expect(wrong.refusal).toEqual(refused(/:\d+: webhook\.listen\.port must be a whole number .*\n$/))
  writeFileSync(file, 'webhook: {databases: [Tasks\n')
  expect(await refusalOf(['--config', file])).toEqual(refused(new RegExp(`^${escaped(file)}:\\d+: [^\\n]+\\n$`)))
})

test('without a token the start is refused, and what to do is told', async () => {
  const { file, refusal } = await startWith({ notion: { token: '${NO_TOKEN_HERE}' } })
  expect(refusal).toEqual(
    refused(new RegExp(`^${escaped(file)}:\\d+: notion\\.token has no value: set the environment variable .*\\n$`)),
  )
})

test('a token in the variable NOTION_TOKEN is enough, but an empty one is none', async () => {
  const { file } = await startWith({ notion: { token: null } })
  expect(await refusalOf(['--config', file], { NOTION_TOKEN: '' })).toEqual(refused(/notion\.token has no value/))
  const run = runProgram('headless', ['--config', file, '--data', join(temporaryFolder(), 'data')], {
    environment: { NOTION_TOKEN: madeToken() },
  })
  await run.printed('ready {')
})

test('a port that another program listens at is told with the setting that names it, for the webhook and the console', async () => {
  const port = await takenPort()
  const webhook = await startWith({ webhook: { listen: { port } } })
  expect(webhook.refusal).toEqual({
    ...refused(/^/),
    sentence: expect.stringMatching(
      new RegExp(`^.*:\\d+: webhook\\.listen\\.port: 127\\.0\\.0\\.1:${port} is in use by another program\\..*\\n$`),
    ),
  })
  const forConsole = await startWith({ console: { port } })
  expect(forConsole.refusal).toEqual(
    refused(new RegExp(`:\\d+: console\\.port: 127\\.0\\.0\\.1:${port} is in use by another program\\..*\\n$`)),
  )
})

test('a folder in which no files can be written is told, for the cache and the data', async () => {
  // Below a file there can be no folder: not even for an administrator.
  const { folder, refusal } = await startWith({ cache: { folder: 'webhook_config.yaml/cache' } })
  expect(refusal).toEqual(refused(/:\d+: cache\.folder: files cannot be written in .*\n$/))
  expect(existsSync(join(folder, 'cache'))).toBe(false)
  const forData = await startWith({}, (own) => join(own, 'webhook_config.yaml', 'data'))
  expect(forData.refusal).toEqual(refused(/^The data folder: files cannot be written in .*\n$/))
})

test('a settings file that is no UTF-8 is refused without a word of what it holds', async () => {
  const folder = temporaryFolder()
  const file = join(folder, 'settings.yaml')
  const token = madeToken()
  for (const bytes of [
    Buffer.from(`notion: {token: ${token}}`, 'utf16le'),
    Buffer.from('webhook: Caf\xe9', 'latin1'),
  ]) {
    writeFileSync(file, bytes)
    expect(await refusalOf(['--config', file])).toEqual(
      refused(new RegExp(`^${escaped(file)} cannot be read: it is not text in UTF-8; save it as UTF-8\\.\\n$`)),
    )
  }
})
