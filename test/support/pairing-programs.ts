import { existsSync, readdirSync, readFileSync, statSync } from 'node:fs'
import { join } from 'node:path'
import { onTestFinished } from 'vitest'
import { SECRETS_FILE } from '../../electron/engine/settings/secret-store.ts'
import { deliver, type DeliveryResult, eventFor } from '../../electron/simulator/deliveries.ts'
import type { EventInput } from '../../electron/simulator/events.ts'
import { startSimulator } from '../../electron/simulator/server.ts'
import { type EngineProcess, startEngineProcess, whenReady } from './engine-process.ts'
import { type ProgramRun, runProgram } from './program-run.ts'
import { madeToken, type SettingsChanges, writeSettings } from './settings-file.ts'
import { temporaryFolder } from './temporary-folder.ts'

const filesIn = (folder: string): readonly string[] =>
  existsSync(folder)
    ? readdirSync(folder, { recursive: true, encoding: 'utf8' })
        .map((name) => join(folder, name))
        .filter((path) => statSync(path).isFile())
    : []

/** A simulator, settings without a secret, and a data folder that nobody has made yet. */
export const preparePairing = async (
  environment: Readonly<Record<string, string>> = {},
  webhook: SettingsChanges['webhook'] = {},
) => {
  const token = madeToken()
  const simulator = await startSimulator({ seed: 1, pagesPerDatabase: 5, requestsPerMinute: null, token })
  onTestFinished(() => simulator.stop())
  const { workspace } = simulator
  const folder = temporaryFolder()
  const dataFolder = join(folder, 'data')
  const { file, cacheFolder } = writeSettings(folder, simulator.url, { webhook, notion: { token: '${A_TOKEN}' } })
  const options = { environment: { A_TOKEN: token, ...environment } }
  const runs: ProgramRun[] = []
  const kept = <T extends ProgramRun>(run: T): T => {
    runs.push(run)
    return run
  }
  const page = (nth: number): string => workspace.pageIds('Actionable Tasks')[nth]!

  return {
    workspace,
    dataFolder,
    cacheFolder,
    token,
    page,
    secretsFile: join(dataFolder, SECRETS_FILE),
    /** The engine without pairing. */
    start: async (): Promise<EngineProcess> => {
      const engine = await startEngineProcess(file, dataFolder, options)
      kept(engine.run)
      return engine
    },
    /** `pair` where no engine runs. */
    pair: async (): Promise<EngineProcess> => {
      const run = kept(runProgram('headless', ['pair', '--config', file, '--data', dataFolder], options))
      return { run, ready: await whenReady(run) }
    },
    /** Starts `headless <arguments> --config … --data …`. */
    run: (...args: readonly string[]): ProgramRun =>
      kept(runProgram('headless', [...args, '--config', file, '--data', dataFolder], options)),
    /** Starts the engine with these variables besides; for starts that end by themselves. */
    runWith: (more: Readonly<Record<string, string>>): ProgramRun =>
      kept(
        runProgram('headless', ['--config', file, '--data', dataFolder], {
          environment: { ...options.environment, ...more },
        }),
      ),
    handshake: (engine: EngineProcess, secret: string): Promise<DeliveryResult> =>
      deliver({ url: engine.ready.webhook, secret, event: { verification_token: secret } }),
    event: (
      engine: EngineProcess,
      secret: string,
      nth = 0,
      overrides: Partial<EventInput> = {},
    ): Promise<DeliveryResult> =>
      deliver({ url: engine.ready.webhook, secret, event: eventFor(workspace, 'page.created', page(nth), overrides) }),
    /** What every program has printed so far. */
    printed: (): string => runs.flatMap((run) => [run.stdout(), run.stderr()]).join('\n'),
    /** The files (of a program that is idle, or ended) in which one of these texts stands, by their path below the test's folder. */
    filesWith: (...texts: readonly string[]): readonly string[] =>
      filesIn(folder)
        .filter((path) => {
          const bytes = readFileSync(path)
          return texts.some((text) => bytes.includes(text))
        })
        .map((path) => path.slice(folder.length + 1)),
    files: (): readonly string[] => filesIn(folder).map((path) => path.slice(folder.length + 1)),
  }
}

/** The end of a program that ends by itself. */
export const endOf = async (run: ProgramRun) => {
  const { code } = await run.ended
  return { code, stdout: run.stdout(), stderr: run.stderr() }
}

export const stopped = async (run: ProgramRun): Promise<void> => {
  run.kill('SIGTERM')
  const { code } = await run.ended
  if (code !== 0) throw new Error(`The program ended with ${code}: ${run.stderr()}`)
}
