import { randomBytes } from 'node:crypto'
import { join, resolve } from 'node:path'
import { parseArgs } from 'node:util'
import envPaths from 'env-paths'
import { COMMANDS } from './console/commands.ts'
import { type Console, startConsole } from './console/console.ts'
import { type ConsoleFile, consoleFilePath } from './console/console-file.ts'
import { createLog, createLogFile, type Engine, readTextNow, startEngine, systemDisk } from './engine/engine.ts'
import { systemEnvironment } from './engine/settings/environment.ts'
import { loadSettings } from './engine/settings/load.ts'
import { runProgram, UsageError } from './program.ts'

const USAGE =
  'Usage: npm run headless -- [jobs | retry | discard | pause | resume | wait-idle] --config FILE [--data FOLDER]'

const OPTIONS = {
  config: { type: 'string' },
  data: { type: 'string' },
  state: { type: 'string' },
  all: { type: 'boolean' },
  cause: { type: 'string' },
  database: { type: 'string' },
  for: { type: 'string' },
  undo: { type: 'boolean' },
  yes: { type: 'boolean' },
  json: { type: 'boolean' },
} as const

const parsed = () => {
  try {
    return parseArgs({ options: OPTIONS, allowPositionals: true })
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

const runEngine = async (config: string, data: string): Promise<void> => {
  const loaded = loadSettings({
    file: config,
    cwd: process.cwd(),
    environment: systemEnvironment,
    readText: readTextNow,
  })
  const { settings, where } = loaded
  const token = randomBytes(32).toString('base64url')
  const secrets = [settings.webhook.secret, settings.notion.token, token]
  const logFile = createLogFile(join(data, 'logs'), (sentence) => process.stderr.write(`${sentence}\n`))
  const log = createLog((line) => {
    process.stderr.write(line)
    logFile.write(line)
  }, secrets)
  let engine: Engine | null = null
  let console: Console | null = null
  stopAtSignal(async () => {
    await engine?.stop()
    await console?.stop()
    // Before this engine had one, the file is that of another engine which runs on this folder.
    if (console !== null) await systemDisk.remove(consoleFilePath(data))
    await logFile.close()
  })
  engine = await startEngine({ loaded, dataFolder: data, log })
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
}

await runProgram(async () => {
  const { values, positionals } = parsed()
  const [name, ...ids] = positionals
  const command = COMMANDS.find((known) => known === name)
  if (name !== undefined && command === undefined) throw new UsageError(`There is no command ${name}. ${USAGE}`)
  const data = values.data === undefined ? envPaths('Blackcore Sync', { suffix: '' }).data : resolve(values.data)
  if (command !== undefined) {
    const { runCommandLine } = await import('./console/command-line.ts')
    await runCommandLine(command, { ...values, ids }, data)
    return
  }
  if (values.config === undefined) throw new UsageError(`The settings file is missing. ${USAGE}`)
  await runEngine(values.config, data)
})
