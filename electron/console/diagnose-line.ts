import { homedir } from 'node:os'
import { join, resolve } from 'node:path'
import {
  diagnoseBesideEngine,
  diagnoseWithoutEngine,
  errorText,
  readTextNow,
  type Redactor,
  StartError,
  systemClock,
  systemDisk,
} from '../engine/engine.ts'
import { type Environment, secretsKeyIn, struckOutKeyIn } from '../engine/settings/environment.ts'
import { loadSettings } from '../engine/settings/load.ts'
import { createPresentable } from '../engine/settings/presentable.ts'
import {
  type Call,
  connectConsole,
  findEngine,
  HangingEngineError,
  NoEngineError,
  readConsoleFile,
  RefusedCallError,
} from './client.ts'
import { CommandError } from './commands.ts'
import { diagnose, type Diagnosed, type Versions } from './diagnose.ts'

export interface DiagnoseOptions {
  readonly config: string
  readonly bundle: string | undefined
  readonly isJson: boolean
  readonly cwd: string
  readonly environment: Environment
}

/** An engine takes half a minute at most for all its checks. */
const ANSWER_LIMIT_MS = 60_000

const withinLimit = (): AbortSignal => AbortSignal.timeout(ANSWER_LIMIT_MS)

const NS_PER_MS = 1_000_000n

const PACKAGE_FILE = join(import.meta.dirname, '..', '..', 'package.json')

const versions = (): Versions => {
  const found: unknown = JSON.parse(readTextNow(PACKAGE_FILE))
  const isNamed = typeof found === 'object' && found !== null && 'version' in found
  return {
    product: isNamed ? String(found.version) : 'unknown',
    node: process.versions.node,
    system: process.platform,
    architecture: process.arch,
  }
}

const engineOf = async (dataFolder: string, limit: () => AbortSignal): Promise<Call | 'silent' | null> => {
  try {
    return await findEngine(dataFolder, readTextNow, limit)
  } catch (error) {
    if (error instanceof HangingEngineError) return 'silent'
    // It runs, and says the same of the diagnosis.
    if (error instanceof RefusedCallError) return connectConsole(dataFolder, readTextNow, limit)
    // A lock that is none: no engine holds it, and the look without one tells of it.
    if (error instanceof StartError) return null
    throw error
  }
}

/** What the environment gives may be missing in a settings file that cannot be read. */
const SECRET_VARIABLES = ['NOTION_TOKEN', 'NGROK_AUTHTOKEN']

/** The console's token opens the running engine to whoever has it. */
const consoleToken = (dataFolder: string): string | null => {
  try {
    return readConsoleFile(dataFolder, readTextNow).token
  } catch (error) {
    if (error instanceof NoEngineError) return null
    throw error
  }
}

/**
 * `diagnose` of the command line: with the engine that runs on the data folder, or without one. `limit`: as
 * `connectConsole` has it.
 */
export const runDiagnose = async (
  options: DiagnoseOptions,
  dataFolder: string,
  redactor: Redactor,
  limit: () => AbortSignal = withinLimit,
): Promise<Diagnosed> => {
  const { config, bundle, isJson, cwd, environment } = options
  const { learn, redact } = redactor
  for (const variable of SECRET_VARIABLES) learn(environment[variable] ?? null)
  learn(consoleToken(dataFolder))
  learn(struckOutKeyIn(environment))
  const path = bundle === undefined ? null : resolve(cwd, bundle)
  const passphrase = secretsKeyIn(environment)
  const own = { dataFolder, disk: systemDisk, clock: systemClock, passphrase, learn }
  return diagnose({
    config,
    load: () => {
      const loaded = loadSettings({ file: config, cwd, environment, readText: readTextNow })
      const { webhook, notion, tunnel } = loaded.settings
      for (const secret of [webhook.secret, notion.token, tunnel.authtoken]) learn(secret)
      return loaded
    },
    settingsWrittenAt: async () => {
      const facts = await systemDisk.facts(resolve(cwd, config))
      return facts === null ? null : Number(BigInt(facts.modifiedNs) / NS_PER_MS)
    },
    engine: await engineOf(dataFolder, limit),
    withoutEngine: (loaded, withFiles) => diagnoseWithoutEngine({ ...own, loaded, withFiles }),
    besideEngine: (loaded, withFiles) => diagnoseBesideEngine({ ...own, loaded, withFiles }),
    redact,
    presentable: createPresentable({ redact, homeFolder: homedir() }),
    versions: versions(),
    bundle:
      path === null
        ? null
        : {
            path,
            exists: async () => (await systemDisk.facts(path)) !== null,
            write: async (bytes) => {
              try {
                return await systemDisk.createPrivate(path, bytes)
              } catch (error) {
                throw new CommandError(`The bundle ${path} cannot be written: ${errorText(error)}.`)
              }
            },
          },
    isJson,
    print: (text) => {
      process.stdout.write(`${text}\n`)
    },
    now: systemClock.now,
  })
}
