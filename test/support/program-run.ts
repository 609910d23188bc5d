import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { join } from 'node:path'
import { onTestFinished } from 'vitest'
import { type Health, healthSchema } from '../../shared/status.ts'
import { until } from './until.ts'

export const PROJECT_FOLDER = join(import.meta.dirname, '..', '..')

const NODE = join(PROJECT_FOLDER, 'node_modules/node/bin', process.platform === 'win32' ? 'node.exe' : 'node')

export interface Ended {
  readonly code: number | null
  readonly signal: string | null
}

/** A program of the project in a process of its own; what is left of it ends with the test. */
export interface ProgramRun {
  readonly pid: number
  readonly stdout: () => string
  readonly stderr: () => string
  /** Resolves when the process is gone and all its output has been read. */
  readonly ended: Promise<Ended>
  /** Sends a signal to this process alone. */
  kill(signal: NodeJS.Signals): void
  /** Sends a signal to it and to all that it started, as a terminal and a service manager do; not on Windows. */
  killGroup(signal: NodeJS.Signals): void
  /** What a reader that goes away does to both outputs. */
  stopReading(): void
  /** Resolves when the output holds the text; rejects when the program ends without it. */
  printed(text: string): Promise<void>
}

export interface ProgramOptions {
  readonly cwd?: string
  readonly environment?: Readonly<Record<string, string>>
  /** What stands on the standard input; without it, there is none. */
  readonly input?: string
  /** It leads a group of its own processes. */
  readonly leadsGroup?: boolean
}

const SETTING_VARIABLES: ReadonlySet<string> = new Set([
  'NOTION_TOKEN',
  'NGROK_AUTHTOKEN',
  'BLACKCORE_SECRETS_KEY',
  'NODE_OPTIONS',
  'NODE_USE_ENV_PROXY',
])

/** npm hands its own settings down to what it runs, and so to these tests. */
const isSetting = (name: string): boolean => SETTING_VARIABLES.has(name) || /^((https?|all|no)_proxy$|npm_)/i.test(name)

const environmentWith = (own: Readonly<Record<string, string>>): NodeJS.ProcessEnv => ({
  ...Object.fromEntries(Object.entries(process.env).filter(([name]) => !isSetting(name))),
  // As scripts/run.mjs sets it: a start takes half the time.
  NODE_COMPILE_CACHE: join(PROJECT_FOLDER, 'node_modules/.cache/compile'),
  ...own,
})

const run = (file: string, args: readonly string[], options: ProgramOptions, shell = false): ProgramRun => {
  const { cwd, environment = {}, input, leadsGroup = false } = options
  const child = spawn(file, args, {
    shell,
    stdio: ['pipe', 'pipe', 'pipe'],
    cwd: cwd ?? PROJECT_FOLDER,
    env: environmentWith(environment),
    detached: leadsGroup,
  })
  const { pid } = child
  child.stdin.on('error', () => undefined)
  child.stdin.end(input ?? '')
  if (pid === undefined) throw new Error('The program could not be started')
  let stdout = ''
  let stderr = ''
  let isEnded = false
  child.stdout.setEncoding('utf8').on('data', (chunk: string) => {
    stdout += chunk
  })
  child.stderr.setEncoding('utf8').on('data', (chunk: string) => {
    stderr += chunk
  })
  const ended = once(child, 'close').then(([code, signal]: unknown[]): Ended => {
    isEnded = true
    return { code: typeof code === 'number' ? code : null, signal: typeof signal === 'string' ? signal : null }
  })
  const kill = (signal: NodeJS.Signals): void => {
    if (!isEnded) child.kill(signal)
  }
  onTestFinished(async () => {
    kill('SIGKILL')
    await ended
  })
  return {
    pid,
    stdout: () => stdout,
    stderr: () => stderr,
    ended,
    kill,
    killGroup: (signal) => {
      if (!isEnded && leadsGroup) process.kill(-pid, signal)
    },
    stopReading: () => {
      child.stdout.destroy()
      child.stderr.destroy()
    },
    printed: async (text) => {
      await until(`the program prints ${text}`, () => isEnded || stdout.includes(text), 20_000)
      if (!stdout.includes(text)) throw new Error(`The program ended without printing ${text}: ${stderr}`)
    },
  }
}

/** Runs `node <arguments>` with the Node of the project. */
export const runNode = (args: readonly string[], options: ProgramOptions = {}): ProgramRun => run(NODE, args, options)

/** Runs `npm <arguments>` with the npm of this machine, which is a script of the shell on Windows. */
export const runNpm = (args: readonly string[], options: ProgramOptions = {}): ProgramRun =>
  run('npm', args, options, process.platform === 'win32')

export const runProgram = (
  name: 'headless' | 'demo' | 'simulate',
  args: readonly string[],
  options: ProgramOptions = {},
): ProgramRun => runNode([join(PROJECT_FOLDER, 'electron', `${name}.ts`), ...args], options)

export const healthAt = async (consoleUrl: string): Promise<Health> =>
  healthSchema.parse(await (await fetch(`${consoleUrl}/health`)).json())
