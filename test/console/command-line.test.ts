import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { join } from 'node:path'
import { writeFileSync } from 'node:fs'
import { describe, expect, onTestFinished, test } from 'vitest'
import type { Selection } from '../../shared/bridge.ts'
import { startConsoleOn } from '../support/data-folder.ts'
import { PROJECT_FOLDER, runProgram } from '../support/program-run.ts'
import { paired, secretsFolder } from '../support/secrets-folder.ts'
import { madeSecret } from '../support/settings-file.ts'

/** Runs "retry --all --json" in a process whose standard input says that it is a terminal, or not. */
const retryAll = async (folder: string, isTerminal: boolean, typed: string, isRaw = false) => {
  const source = new URL('../../electron/console/command-line.ts', import.meta.url).href
  const script = `
    Object.defineProperty(process.stdin, 'isTTY', { value: ${isTerminal} })
    if (${isRaw}) Object.defineProperty(process.stderr, 'isTTY', { value: true })
    const { runCommandLine } = await import(${JSON.stringify(source)})
    try {
      await runCommandLine('retry', { ids: [], all: true, json: true }, ${JSON.stringify(folder)})
    } catch (error) {
      process.stderr.write(error.name + ': ' + error.message)
      process.exitCode = 2
    }`
  const child = spawn(process.execPath, ['--input-type=module', '--eval', script], {
    stdio: 'pipe',
    env: { ...process.env, NODE_COMPILE_CACHE: join(PROJECT_FOLDER, 'node_modules/.cache/compile') },
  })
  onTestFinished(() => {
    child.kill('SIGKILL')
  })
  let stdout = ''
  let stderr = ''
  child.stdout.on('data', (chunk: Buffer) => (stdout += chunk.toString()))
  child.stderr.on('data', (chunk: Buffer) => (stderr += chunk.toString()))
  child.stdin.end(typed)
  const [code] = (await once(child, 'close')) as [number | null]
  return { code, stdout, stderr }
}

const start = async () => {
  const retried: Selection[] = []
  const { folder } = await startConsoleOn({
    count: () => Promise.resolve({ count: 2, until: 0 }),
    retry: (selection) => {
      retried.push(selection)
      return Promise.resolve({ retried: 2 })
    },
  })
  return { folder, retried }
}

test('the question stands on standard error; standard output is the answer of the command alone', async () => {
  const { folder, retried } = await start()
  expect(await retryAll(folder, true, 'y\n')).toEqual({
    code: 0,
    stdout: '{"retried":2}\n',
    stderr: 'Send 2 failed jobs round again? [y/N] ',
  })
  expect(retried).toEqual([{ all: true, until: 0 }])
})

test('a terminal that is closed without an answer has answered no', async () => {
  const { folder, retried } = await start()
  const { code, stdout, stderr } = await retryAll(folder, true, '')
  expect({ code, stdout }).toEqual({ code: 2, stdout: '' })
  expect(stderr).toContain('CommandError: Nothing was done.')
  expect(retried).toEqual([])
})

test('without a terminal nobody is asked, whatever standard input holds', async () => {
  const { folder, retried } = await start()
  const { code, stdout, stderr } = await retryAll(folder, false, 'y\n')
  expect({ code, stdout }).toEqual({ code: 2, stdout: '' })
  expect(stderr).toContain('Nobody can be asked here: repeat it with --yes.')
  expect(retried).toEqual([])
})

test('Ctrl-C at the question answers nothing, and nothing is done', async () => {
  const { folder, retried } = await start()
  expect(await retryAll(folder, true, '\u0003', true)).toMatchObject({
    code: 2,
    stderr: expect.stringContaining('CommandError: Nothing was done.'),
  })
  expect(retried).toEqual([])
})

describe('disconnect where no engine runs', () => {
  const FORGOTTEN = /^The secrets are forgotten\. .*, Webhooks\./

  /** Paired, and settings (in the fourth line what they say of the secret) that are given to the command, or not. */
  const prepare = async (secretLine: string) => {
    const { open, path, text } = secretsFolder()
    await (await open()).keepPaired([paired()])
    const config = join(path, '..', 'settings.yaml')
    writeFileSync(config, `cache: { folder: cache }\nwebhook:\n  databases: [Tasks]\n  ${secretLine}\n`)
    const disconnect = async (args: readonly string[], environment: Readonly<Record<string, string>> = {}) => {
      const command = ['disconnect', '--yes', '--data', join(path, '..'), ...args]
      const run = runProgram('headless', command, { environment })
      const { code } = await run.ended
      return { code, stdout: run.stdout(), stderr: run.stderr() }
    }
    const isForgotten = () => JSON.stringify(JSON.parse(text())) === JSON.stringify({ version: 1, webhook: [] })
    return { config, disconnect, isForgotten }
  }

  test('forgets nothing while the settings name a secret: what that one signs is accepted all the same', async () => {
    const { config, disconnect, isForgotten } = await prepare('secret: ${A_SECRET}')
    expect(await disconnect(['--config', config], { A_SECRET: madeSecret() })).toEqual({
      code: 2,
      stdout: '',
      stderr: `${config}:4: webhook.secret is set, and cannot be forgotten from here. Remove it there, then start again.\n`,
    })
    expect(isForgotten()).toBe(false)
  })

  test('says that a secret stays valid where the variable is set that the settings name, and that is not set here', async () => {
    const { config, disconnect, isForgotten } = await prepare('secret: ${A_SECRET}')
    const { code, stdout } = await disconnect(['--config', config])
    expect(code).toBe(0)
    expect(stdout).toMatch(FORGOTTEN)
    expect(stdout).toContain(
      ` ${config}:4: webhook.secret names a variable that is not set here: where it is set, the secret that it gives stays valid. Remove it there.\n`,
    )
    expect(isForgotten()).toBe(true)
  })

  test('says without --config that the settings were not looked at', async () => {
    const { disconnect, isForgotten } = await prepare('secret: ${A_SECRET}')
    const { code, stdout } = await disconnect([])
    expect(code).toBe(0)
    expect(stdout).toMatch(FORGOTTEN)
    expect(stdout).toMatch(
      / The settings were not looked at, as no --config was given: a secret .* stays valid\. Remove it there\.\n$/,
    )
    expect(isForgotten()).toBe(true)
  })

  test('has nothing to add where the settings name no secret, and adds nothing to what programs read', async () => {
    const { config, disconnect, isForgotten } = await prepare('secret:')
    expect(await disconnect(['--config', config])).toMatchObject({
      code: 0,
      stdout: expect.stringMatching(/, Webhooks\.\n$/),
    })
    expect(isForgotten()).toBe(true)
    const other = await prepare('secret:')
    expect(await other.disconnect(['--json'])).toEqual({ code: 0, stdout: '{"disconnected":true}\n', stderr: '' })
  })

  test('forgets nothing where the settings cannot be read, which is told', async () => {
    const { config, disconnect, isForgotten } = await prepare('secrte: x')
    expect(await disconnect(['--config', config])).toMatchObject({
      code: 2,
      stdout: '',
      stderr: expect.stringMatching(/settings\.yaml:4: webhook\.secrte /),
    })
    expect(isForgotten()).toBe(false)
  })
})
