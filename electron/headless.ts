import { resolve } from 'node:path'
import { parseArgs } from 'node:util'
import envPaths from 'env-paths'
import { startConsole } from './console/console.ts'
import { createLog, type Engine, readTextNow, startEngine } from './engine/engine.ts'
import { systemEnvironment } from './engine/settings/environment.ts'
import { loadSettings } from './engine/settings/load.ts'
import { runProgram, UsageError } from './program.ts'

const USAGE = 'Usage: npm run headless -- --config FILE [--data FOLDER]'

const readArguments = (): { readonly config: string; readonly data: string } => {
  const { values } = (() => {
    try {
      return parseArgs({ options: { config: { type: 'string' }, data: { type: 'string' } } })
    } catch (error) {
      throw new UsageError(`${error instanceof Error ? error.message : String(error)}. ${USAGE}`)
    }
  })()
  if (values.config === undefined) throw new UsageError(`The settings file is missing. ${USAGE}`)
  return {
    config: values.config,
    data: values.data === undefined ? envPaths('Blackcore Sync', { suffix: '' }).data : resolve(values.data),
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

await runProgram(async () => {
  const { config, data } = readArguments()
  const loaded = loadSettings({
    file: config,
    cwd: process.cwd(),
    environment: systemEnvironment,
    readText: readTextNow,
  })
  const { settings, where } = loaded
  const log = createLog((line) => process.stderr.write(line), [settings.webhook.secret, settings.notion.token])
  let engine: Engine | null = null
  stopAtSignal(async () => {
    await engine?.stop()
  })
  engine = await startEngine({ loaded, dataFolder: data, log })
  const { status, webhookUrl } = engine
  const started = await startConsole({ port: settings.console.port, where: where('console.port'), status }).catch(
    async (error: unknown) => {
      await engine.stop()
      throw error
    },
  )
  process.stdout.write(`ready ${JSON.stringify({ pid: process.pid, webhook: webhookUrl, console: started.url })}\n`)
})
