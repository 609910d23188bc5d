import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { join } from 'node:path'
import { expect, onTestFinished, test } from 'vitest'
import type { Selection } from '../../shared/bridge.ts'
import { startConsoleOn } from '../support/data-folder.ts'
import { PROJECT_FOLDER } from '../support/program-run.ts'

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
    count: () => Promise.resolve({ count: 2 }),
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
  expect(retried).toEqual([{ all: true }])
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
