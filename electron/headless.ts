import { randomBytes } from 'node:crypto'
import { join, resolve } from 'node:path'
import { parseArgs } from 'node:util'
import envPaths from 'env-paths'
import { COMMANDS } from './console/commands.ts'
import { type Call, connectConsole, NoEngineError } from './console/client.ts'
import { type Console, startConsole } from './console/console.ts'
import { type ConsoleFile, consoleFilePath } from './console/console-file.ts'
import { withDashedValues } from './console/dashed-values.ts'
import { confirmPairing, pairingLine, pairRunning } from './console/pair.ts'
import {
  createLog,
  createLogFile,
  type Engine,
  readTextNow,
  startEngine,
  systemClock,
  systemDisk,
} from './engine/engine.ts'
import { systemEnvironment } from './engine/settings/environment.ts'
import { loadSettings } from './engine/settings/load.ts'
import { runProgram, UsageError } from './program.ts'

const USAGE =
  'Usage: npm run headless -- [pair | disconnect | jobs | retry | discard | pause | resume | wait-idle] --config FILE [--data FOLDER]'

const OPTIONS = {
  config: { type: 'string' },
  data: { type: 'string' },
  state: { type: 'string' },
  all: { type: 'boolean' },
  cause: { type: 'string' },
  database: { type: 'string' },
  for: { type: 'string' },
  undo: { type: 'boolean' },
  confirm: { type: 'string' },
  yes: { type: 'boolean' },
  json: { type: 'boolean' },
} as const

const parsed = () => {
  try {
    const args = withDashedValues(process.argv.slice(2), OPTIONS)
    return parseArgs({ args, options: OPTIONS, allowPositionals: true })
  } catch (error) {
    throw new UsageError(`${error instanceof Error ? error.message : String(error)}. ${USAGE}`)
  }
}

/** Ends the process once, in order, at the first signal; a second one changes nothing. */
const stopAtSignal = (stop: () => Promise<void>): void => {
  let isStopping = false
  const end = (): void => {
    if (isStopping) return
    isStopping = true
    stop().then(
      () => process.exit(0),
      (error: unknown) => {
        process.stderr.write(`${error instanceof Error ? error.stack : String(error)}\n`)
        process.exit(1)
      },
    )
  }
  process.on('SIGTERM', end)
  process.on('SIGINT', end)
}

const runEngine = async (config: string, data: string, isPairing = false): Promise<void> => {
  const loaded = loadSettings({
    file: config,
    cwd: process.cwd(),
    environment: systemEnvironment,
    readText: readTextNow,
  })
  const { settings, where } = loaded
  if (isPairing && settings.webhook.secret !== null) {
    throw new UsageError(`${where('webhook.secret')} is set, and wins over what is paired. Remove it first.`)
  }
  const token = randomBytes(32).toString('base64url')
  const passphrase = systemEnvironment['BLACKCORE_SECRETS_KEY'] ?? ''
  const secrets = [settings.webhook.secret, settings.notion.token, token]
  const logFile = createLogFile(join(data, 'logs'), (sentence) => process.stderr.write(`${sentence}\n`))
  const log = createLog((line) => {
    process.stderr.write(line)
    logFile.write(line)
  }, secrets)
  let engine: Engine | null = null
  let console: Console | null = null
  stopAtSignal(async () => {
    // Nothing of this process ends in order while a call waits for a disk that does not answer.
    if ((await engine?.stop()) === false) process.kill(process.pid, 'SIGKILL')
    await console?.stop()
    // Before this engine had one, the file is that of another engine which runs on this folder.
    if (console !== null) await systemDisk.remove(consoleFilePath(data))
    await logFile.close()
  })
  engine = await startEngine({
    loaded,
    dataFolder: data,
    log,
    secretsKey: passphrase === '' ? null : passphrase,
    onPairing: (change) => {
      // Whoever opens it later is told by the command that opens it: this output may be kept by others.
      if (isPairing) process.stdout.write(`${pairingLine(change)}\n`)
    },
  })
  const { status, metrics, calls, webhookUrl, stop } = engine
  try {
    console = await startConsole({
      port: settings.console.port,
      where: where('console.port'),
      status,
      metrics,
      token,
      calls,
    })
    const file: ConsoleFile = { url: console.url, token, pid: process.pid }
    await systemDisk.writePrivate(consoleFilePath(data), JSON.stringify(file))
  } catch (error) {
    await stop()
    throw error
  }
  process.stdout.write(`ready ${JSON.stringify({ pid: process.pid, webhook: webhookUrl, console: console.url })}\n`)
  if (isPairing) await calls['open-pairing']({})
}

/** Null where no engine runs on the data folder. */
const runningEngine = async (data: string): Promise<Call | null> => {
  try {
    const call = connectConsole(data, readTextNow)
    await call('pairing', {})
    return call
  } catch (error) {
    if (error instanceof NoEngineError) return null
    throw error
  }
}

/** With an engine that runs on the data folder, or with one of our own where none does. */
const pair = async (config: string | undefined, confirm: string | undefined, data: string): Promise<void> => {
  if (confirm !== undefined) {
    await confirmPairing(connectConsole(data, readTextNow), confirm)
    return
  }
  const call = await runningEngine(data)
  if (call !== null) {
    await pairRunning(call, (line) => process.stdout.write(`${line}\n`), systemClock.sleep)
    return
  }
  if (config === undefined) throw new UsageError(`The settings file is missing. ${USAGE}`)
  await runEngine(config, data, true)
}

const TAKEN_BY_PAIR: ReadonlySet<string> = new Set(['config', 'data', 'confirm'])

/** `pair TOKEN` would open what was meant to be confirmed. */
const refuseOthers = (ids: readonly string[], values: Readonly<Record<string, unknown>>): void => {
  const options = Object.keys(values).filter((option) => !TAKEN_BY_PAIR.has(option))
  const others = [...ids, ...options.map((option) => `--${option}`)]
  if (others.length > 0) throw new UsageError(`"pair" does not take ${others.join(' ')}. ${USAGE}`)
}

await runProgram(async () => {
  const { values, positionals } = parsed()
  const [name, ...ids] = positionals
  const command = COMMANDS.find((known) => known === name)
  if (name !== undefined && name !== 'pair' && command === undefined) {
    throw new UsageError(`There is no command ${name}. ${USAGE}`)
  }
  const data = values.data === undefined ? envPaths('Blackcore Sync', { suffix: '' }).data : resolve(values.data)
  if (name === 'pair') {
    refuseOthers(ids, values)
    await pair(values.config, values.confirm, data)
    return
  }
  if (command !== undefined) {
    const { runCommandLine } = await import('./console/command-line.ts')
    await runCommandLine(command, { ...values, ids }, data)
    return
  }
  if (values.config === undefined) throw new UsageError(`The settings file is missing. ${USAGE}`)
  await runEngine(values.config, data)
})
