import { randomBytes } from 'node:crypto'
import { join, resolve } from 'node:path'
import { parseArgs } from 'node:util'
import envPaths from 'env-paths'
import { COMMANDS } from './console/commands.ts'
import { connectConsole, findEngine } from './console/client.ts'
import { type Console, startConsole } from './console/console.ts'
import { type ConsoleFile, consoleFilePath } from './console/console-file.ts'
import { withDashedValues } from './console/dashed-values.ts'
import { shownWords } from './console/given-words.ts'
import { confirmPairing, pairingLine, pairRunning } from './console/pair.ts'
import {
  createLog,
  createLogFile,
  type Engine,
  errorText,
  isDataFolderLocked,
  readTextNow,
  type Redactor,
  startEngine,
  systemClock,
  systemDisk,
} from './engine/engine.ts'
import { secretsKeyIn, struckOutKeyIn, systemEnvironment } from './engine/settings/environment.ts'
import { loadSettings } from './engine/settings/load.ts'
import { nearestName } from './engine/settings/near-names.ts'
import { runProgram, UsageError, usageError } from './program.ts'

const USAGE =
  'Usage: npm run headless -- [pair | diagnose | keep-token | disconnect | jobs | retry | discard | pause | resume | wait-idle] --config FILE [--data FOLDER]'

/** Besides those of the console. */
const OTHER_COMMANDS: readonly string[] = ['pair', 'diagnose', 'keep-token']

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
  bundle: { type: 'string' },
  forget: { type: 'boolean' },
  yes: { type: 'boolean' },
  json: { type: 'boolean' },
} as const

const parsed = () => {
  try {
    const args = withDashedValues(process.argv.slice(2), OPTIONS)
    return parseArgs({ args, options: OPTIONS, allowPositionals: true })
  } catch (error) {
    throw usageError(error, USAGE)
  }
}

type Values = ReturnType<typeof parsed>['values']

/** Ends the process once, in order, at the first signal; a second one changes nothing. */
const stopAtSignal = (stop: () => Promise<void>, redactor: Redactor): void => {
  let isStopping = false
  const end = (): void => {
    if (isStopping) return
    isStopping = true
    stop().then(
      () => process.exit(0),
      (error: unknown) => {
        process.stderr.write(`${redactor.redact(String(error instanceof Error ? error.stack : error))}\n`)
        process.exit(1)
      },
    )
  }
  process.on('SIGTERM', end)
  process.on('SIGINT', end)
}

const CONSOLE_END_LIMIT_MS = 1_000

const runEngine = async (config: string, data: string, redactor: Redactor, isPairing = false): Promise<void> => {
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
  const secretsKey = secretsKeyIn(systemEnvironment)
  const { webhook, notion, tunnel } = settings
  const struckOut = struckOutKeyIn(systemEnvironment)
  for (const secret of [webhook.secret, notion.token, tunnel.authtoken, struckOut, token]) redactor.learn(secret)
  const logFile = createLogFile(join(data, 'logs'), (sentence) => process.stderr.write(`${sentence}\n`))
  const log = createLog((line) => {
    process.stderr.write(line)
    logFile.write(line)
  }, redactor)
  let engine: Engine | null = null
  let console: Console | null = null
  // The first line is "ready", however fast the tunnel is.
  let isReady = false
  let publicUrl: string | null = null
  const printPublic = (): void => {
    if (publicUrl !== null) process.stdout.write(`public ${JSON.stringify({ url: publicUrl })}\n`)
  }
  const endEngine = async (): Promise<void> => {
    // Nothing of this process ends in order while a call waits for a disk that does not answer.
    if ((await engine?.stop()) === false) process.kill(process.pid, 'SIGKILL')
  }
  /** Before the folder's lock is free: no command may write beside another engine, nor its file be taken for ours. */
  const endConsole = async (): Promise<void> => {
    await console?.stop()
    // Before this engine had one, the file is that of another engine which runs on this folder.
    if (console !== null) await systemDisk.remove(consoleFilePath(data))
  }
  stopAtSignal(async () => {
    const consoleEnd = endConsole()
    // A disk that does not answer must not keep the engine from its own end, nor what is wrong there from being told.
    await Promise.race([consoleEnd.catch(() => undefined), systemClock.sleep(CONSOLE_END_LIMIT_MS)])
    await endEngine()
    await consoleEnd
    await logFile.close()
  }, redactor)
  // A killed one's: until this engine has written its own, commands would send what they carry to whoever has that port.
  let leftConsoleFile: unknown = null
  if (!isDataFolderLocked(data)) {
    await systemDisk.remove(consoleFilePath(data)).catch((error: unknown) => {
      leftConsoleFile = error
    })
  }
  engine = await startEngine({
    loaded,
    dataFolder: data,
    log,
    redactor,
    secretsKey,
    onPairing: (change) => {
      // Whoever opens it later is told by the command that opens it: this output may be kept by others.
      if (isPairing) process.stdout.write(`${pairingLine(change)}\n`)
    },
    onReachable: (url) => {
      publicUrl = url
      if (isReady) printPublic()
    },
  })
  // What is wrong with the folder, the start itself tells in a sentence.
  if (leftConsoleFile !== null) log.warn({ error: errorText(leftConsoleFile) }, 'The console file of before stays')
  const { status, metrics, calls, webhookUrl, stop } = engine
  try {
    console = await startConsole({
      port: settings.console.port,
      where: where('console.port'),
      status,
      metrics,
      token,
      calls,
      log,
      redact: redactor.redact,
    })
    const file: ConsoleFile = { url: console.url, token, pid: process.pid }
    await systemDisk.writePrivate(consoleFilePath(data), JSON.stringify(file))
  } catch (error) {
    await stop()
    throw error
  }
  process.stdout.write(`ready ${JSON.stringify({ pid: process.pid, webhook: webhookUrl, console: console.url })}\n`)
  isReady = true
  printPublic()
  if (isPairing) await calls['open-pairing']({})
}

/** With an engine that runs on the data folder, or with one of our own where none does. */
const pair = async (
  config: string | undefined,
  confirm: string | undefined,
  data: string,
  redactor: Redactor,
): Promise<void> => {
  if (confirm !== undefined) {
    await confirmPairing(connectConsole(data, readTextNow), confirm)
    return
  }
  const call = await findEngine(data, readTextNow)
  if (call !== null) {
    await pairRunning(call, (line) => process.stdout.write(`${line}\n`), systemClock.sleep)
    return
  }
  if (config === undefined) throw new UsageError(`The settings file is missing. ${USAGE}`)
  await runEngine(config, data, redactor, true)
}

const TAKEN_BY = {
  pair: new Set(['config', 'data', 'confirm']),
  diagnose: new Set(['config', 'data', 'bundle', 'json']),
} as const satisfies Record<string, ReadonlySet<string>>

const keepOneToken = async (
  names: readonly string[],
  values: Readonly<Record<string, unknown>>,
  data: string,
  redactor: Redactor,
): Promise<void> => {
  const { keepToken, keepTokenRequest, readToken } = await import('./console/keep-token.ts')
  const { name, isForgetting } = keepTokenRequest(names, values)
  const source = { input: process.stdin, output: process.stderr }
  const token = isForgetting ? null : await readToken(source, name)
  redactor.learn(token)
  const place = {
    call: await findEngine(data, readTextNow),
    dataFolder: data,
    passphrase: secretsKeyIn(systemEnvironment),
  }
  process.stdout.write(`${await keepToken(place, name, token)}\n`)
}

/** `pair TOKEN` would open what was meant to be confirmed. */
const refuseOthers = (name: keyof typeof TAKEN_BY, ids: readonly string[], values: Values): void => {
  const taken: ReadonlySet<string> = TAKEN_BY[name]
  const options = Object.keys(values).filter((option) => !taken.has(option))
  const others = [...shownWords(ids), ...options.map((option) => `--${option}`)]
  if (others.length > 0) throw new UsageError(`"${name}" does not take ${others.join(' ')}. ${USAGE}`)
}

const runDiagnosis = async (values: Values, data: string, redactor: Redactor): Promise<void> => {
  const { config, bundle, json: isJson = false } = values
  if (config === undefined) throw new UsageError(`The settings file is missing. ${USAGE}`)
  const { runDiagnose } = await import('./console/diagnose-line.ts')
  const options = { config, bundle, isJson, cwd: process.cwd(), environment: systemEnvironment }
  const { hasFailed, isDiskSilent } = await runDiagnose(options, data, redactor)
  process.exitCode = hasFailed ? 1 : 0
  // No process ends in order while a call waits for a disk that does not answer.
  if (isDiskSilent) process.stdout.write('', () => process.kill(process.pid, 'SIGKILL'))
}

await runProgram(async (redactor) => {
  const { values, positionals } = parsed()
  const [name, ...ids] = positionals
  const command = COMMANDS.find((known) => known === name)
  if (name !== undefined && command === undefined && !OTHER_COMMANDS.includes(name)) {
    const near = nearestName(name, [...OTHER_COMMANDS, ...COMMANDS])
    throw new UsageError(`There is no such command${near === null ? '' : `; "${near}" is near`}. ${USAGE}`)
  }
  const data = values.data === undefined ? envPaths('Blackcore Sync', { suffix: '' }).data : resolve(values.data)
  if (name === 'pair') {
    refuseOthers('pair', ids, values)
    await pair(values.config, values.confirm, data, redactor)
    return
  }
  if (name === 'diagnose') {
    refuseOthers('diagnose', ids, values)
    await runDiagnosis(values, data, redactor)
    return
  }
  if (name === 'keep-token') {
    await keepOneToken(ids, values, data, redactor)
    return
  }
  if (command !== undefined) {
    const { runCommandLine } = await import('./console/command-line.ts')
    await runCommandLine(command, { ...values, ids }, data)
    return
  }
  if (values.config === undefined) throw new UsageError(`The settings file is missing. ${USAGE}`)
  await runEngine(values.config, data, redactor)
})
