import { type ChildProcess, type ChildProcessByStdio, spawn } from 'node:child_process'
import { once } from 'node:events'
import path from 'node:path'
import { createInterface } from 'node:readline'
import type { Readable } from 'node:stream'
import { afterAll, afterEach, expect, test } from 'vitest'
import { copyTree } from './copied-tree.ts'

/** Says that it is up, counts the signals it gets, and ends by itself on `SIGTERM` with what it has counted. */
const PROBE = `
const counts = { SIGINT: 0, SIGHUP: 0 }
for (const signal of Object.keys(counts)) process.on(signal, () => { counts[signal] += 1; console.log(signal) })
process.on('SIGTERM', () => { console.log(JSON.stringify(counts)); process.exit(7) })
setInterval(() => undefined, 1_000)
console.log(JSON.stringify({ pid: process.pid, args: process.argv.slice(2), node: process.version.split('.')[0] }))
`

const tree = copyTree(['scripts', 'package.json', 'package-lock.json'])
tree.plant('electron/headless.ts', PROBE)
tree.plant('electron/demo.ts', "process.kill(process.pid, 'SIGKILL')")
tree.plant('electron/simulate.ts', 'process.exitCode = Number(process.argv[2])')

const started: ChildProcess[] = []

const follow = (child: ChildProcessByStdio<null, Readable, null>) => {
  started.push(child)
  const lines = createInterface({ input: child.stdout })[Symbol.asyncIterator]()
  return {
    child,
    ended: once(child, 'exit').then(([code, signal]: unknown[]) => ({ code, signal })),
    nextLine: async (): Promise<unknown> => (await lines.next()).value,
    isAtEnd: async (): Promise<boolean> => (await lines.next()).done === true,
  }
}

const run = path.join(tree.root, 'scripts/run.mjs')

const start = (...args: readonly string[]) =>
  follow(spawn(process.execPath, [run, ...args], { stdio: ['ignore', 'pipe', 'ignore'] }))

/** As npm does it: a shell in between, which does not hand on what it gets. */
const startThroughShell = (name: string) =>
  follow(
    spawn('sh', ['-c', `'${process.execPath}' '${run}' ${name}; true`], {
      stdio: ['ignore', 'pipe', 'ignore'],
      env: { ...process.env, npm_lifecycle_event: name },
    }),
  )

afterEach(() => {
  for (const child of started.splice(0)) child.kill('SIGTERM')
})

afterAll(() => {
  tree.remove()
})

test('the program runs with its arguments under the Node of the project, and owns standard output', async () => {
  const { child, ended, nextLine, isAtEnd } = start('headless', '--port', '0')
  expect(JSON.parse(String(await nextLine()))).toMatchObject({ args: ['--port', '0'], node: 'v24' })
  child.kill('SIGTERM')
  expect(await nextLine()).toBe('{"SIGINT":0,"SIGHUP":0}')
  expect(await isAtEnd()).toBe(true)
  expect(await ended).toEqual({ code: 7, signal: null })
})

test('a Ctrl-C that comes from the terminal and from npm reaches the program once', async () => {
  const { child, ended, nextLine } = start('headless')
  await nextLine()
  child.kill('SIGINT')
  child.kill('SIGHUP')
  expect([await nextLine(), await nextLine()].toSorted()).toEqual(['SIGHUP', 'SIGINT'])
  child.kill('SIGINT')
  child.kill('SIGTERM')
  expect(await nextLine()).toBe('{"SIGINT":1,"SIGHUP":1}')
  await ended
})

test('an exit code is passed on', async () => {
  expect(await start('simulate', '41').ended).toEqual({ code: 41, signal: null })
})

test('the signal that ended the program is passed on', async () => {
  expect(await start('demo').ended).toEqual({ code: null, signal: 'SIGKILL' })
})

test('a program whose starter was killed does not live on', async () => {
  const { child, nextLine, isAtEnd } = start('headless')
  await nextLine()
  child.kill('SIGKILL')
  expect(await isAtEnd()).toBe(true)
})

test.skipIf(process.platform === 'win32')(
  'a signal that ended only the shell of npm reaches the program (npm has no such shell on Windows)',
  async () => {
    const { child, nextLine, isAtEnd } = startThroughShell('headless')
    await nextLine()
    child.kill('SIGTERM')
    expect(await nextLine()).toBe('{"SIGINT":0,"SIGHUP":0}')
    expect(await isAtEnd()).toBe(true)
  },
)

test('an unknown name is refused', async () => {
  expect(await start('dance').ended).toEqual({ code: 2, signal: null })
})
