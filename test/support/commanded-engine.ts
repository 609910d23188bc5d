import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { onTestFinished } from 'vitest'
import { type ConsoleFile, consoleFilePath, consoleFileSchema } from '../../electron/console/console-file.ts'
import { deliver, type DeliveryResult, eventFor } from '../../electron/simulator/deliveries.ts'
import { type Simulator, startSimulator } from '../../electron/simulator/server.ts'
import { type EngineProcess, startEngineProcess } from './engine-process.ts'
import { type ProgramOptions, runProgram } from './program-run.ts'
import { madeSecret, writeSettings } from './settings-file.ts'
import { temporaryFolder } from './temporary-folder.ts'

export interface CommandEnd {
  readonly code: number | null
  readonly stdout: string
  readonly stderr: string
}

/** The headless program over a simulator, and its commands, each in a process of its own. */
export interface CommandedEngine extends EngineProcess {
  readonly simulator: Simulator
  readonly cacheFolder: string
  readonly dataFolder: string
  readonly consoleFile: () => ConsoleFile
  /** Sends a delivery about each page. */
  created(...pageIds: readonly string[]): Promise<readonly DeliveryResult[]>
  /** Runs `headless <arguments> --config … --data …` to its end. */
  command(...args: readonly string[]): Promise<CommandEnd>
  /** Starts the engine again on the same folders. */
  again(): Promise<EngineProcess>
}

export const startCommandedEngine = async (options: ProgramOptions = {}): Promise<CommandedEngine> => {
  const simulator = await startSimulator({ seed: 1, pagesPerDatabase: 5, requestsPerMinute: null })
  onTestFinished(() => simulator.stop())
  const folder = temporaryFolder()
  const secret = madeSecret()
  const dataFolder = join(folder, 'data')
  const { file, cacheFolder } = writeSettings(folder, simulator.url, { webhook: { secret } })
  let engine = await startEngineProcess(file, dataFolder, options)
  return {
    simulator,
    cacheFolder,
    dataFolder,
    get run() {
      return engine.run
    },
    get ready() {
      return engine.ready
    },
    consoleFile: () => consoleFileSchema.parse(JSON.parse(readFileSync(consoleFilePath(dataFolder), 'utf8'))),
    created: async (...pageIds) => {
      const results: DeliveryResult[] = []
      for (const id of pageIds) {
        const event = eventFor(simulator.workspace, 'page.created', id)
        results.push(await deliver({ url: engine.ready.webhook, secret, event }))
      }
      return results
    },
    command: async (...args) => {
      const run = runProgram('headless', [...args, '--config', file, '--data', dataFolder])
      const { code } = await run.ended
      return { code, stdout: run.stdout(), stderr: run.stderr() }
    },
    again: async () => {
      engine = await startEngineProcess(file, dataFolder, options)
      return engine
    },
  }
}
