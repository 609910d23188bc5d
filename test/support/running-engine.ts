import { join } from 'node:path'
import { onTestFinished } from 'vitest'
import { createLog, type Engine, type EngineSeams, readTextNow, startEngine } from '../../electron/engine/engine.ts'
import { loadSettings } from '../../electron/engine/settings/load.ts'
import type { Clock } from '../../electron/engine/foundation/clock.ts'
import { deliver, type DeliveryResult, eventFor } from '../../electron/simulator/deliveries.ts'
import type { EventInput } from '../../electron/simulator/events.ts'
import { type Simulator, type SimulatorOptions, startSimulator } from '../../electron/simulator/server.ts'
import type { Workspace } from '../../electron/simulator/workspace.ts'
import type { EventType } from '../../shared/events.ts'
import { redactorOf } from './redactor-of.ts'
import { madeSecret, type SettingsChanges, writeSettings } from './settings-file.ts'
import { temporaryFolder } from './temporary-folder.ts'

export interface RunningEngineOptions {
  /** The engine's; the simulator's is the system's. */
  readonly clock?: Clock
  readonly simulator?: Partial<SimulatorOptions>
  /** Where the engine's side effects leave it, for a test that meddles with them. */
  readonly seams?: (simulator: Simulator) => EngineSeams
  /** Made when the workspace is there, and may change it before the engine sees it. */
  readonly settings?: (workspace: Workspace) => SettingsChanges
}

/** A simulator, a settings file and an engine in this process, all of them real; they end with the test. */
export interface RunningEngine {
  readonly simulator: Simulator
  readonly workspace: Workspace
  /** The one that runs now. */
  readonly engine: Engine
  readonly secret: string
  readonly folder: string
  readonly cacheFolder: string
  readonly dataFolder: string
  /** Everything that was logged. */
  readonly logged: () => string
  /** Sends a delivery about the workspace's present state. */
  send(type: EventType, id: string, overrides?: Partial<EventInput>): Promise<DeliveryResult>
  /** Sends any body, signed. */
  sendBody(event: object): Promise<DeliveryResult>
  /** Stops the engine, and starts one on the same folders. */
  restart(changes?: SettingsChanges): Promise<void>
}

export const startRunningEngine = async (options: RunningEngineOptions = {}): Promise<RunningEngine> => {
  const folder = temporaryFolder()
  const secret = madeSecret()
  const dataFolder = join(folder, 'data')
  const simulator = await startSimulator({
    seed: 1,
    pagesPerDatabase: 12,
    requestsPerMinute: null,
    ...options.simulator,
  })
  const clock = options.clock === undefined ? {} : { clock: options.clock }
  const seams = options.seams === undefined ? {} : { seams: options.seams(simulator) }
  let logged = ''

  const start = async (changes: SettingsChanges): Promise<{ engine: Engine; cacheFolder: string }> => {
    const { file, cacheFolder } = writeSettings(folder, simulator.url, {
      ...changes,
      webhook: { secret, ...changes.webhook },
    })
    const loaded = loadSettings({ file, cwd: folder, environment: {}, readText: readTextNow })
    const log = createLog((line) => (logged += line), redactorOf(secret, loaded.settings.notion.token))
    const engine = await startEngine({ loaded, dataFolder, log, ...clock, ...seams })
    let stopped: Promise<boolean> | null = null
    return { engine: { ...engine, stop: () => (stopped ??= engine.stop()) }, cacheFolder }
  }

  const settings = options.settings?.(simulator.workspace) ?? {}
  let running = await start(settings)
  onTestFinished(async () => {
    simulator.beforeAnswer(null)
    await running.engine.stop()
    await simulator.stop()
  })
  const sendBody = (event: object): Promise<DeliveryResult> =>
    deliver({ url: running.engine.webhookUrl, secret, event })

  return {
    simulator,
    workspace: simulator.workspace,
    get engine() {
      return running.engine
    },
    secret,
    folder,
    cacheFolder: running.cacheFolder,
    dataFolder,
    logged: () => logged,
    send: (type, id, overrides) => sendBody(eventFor(simulator.workspace, type, id, overrides)),
    sendBody,
    restart: async (changes = settings) => {
      await running.engine.stop()
      running = await start(changes)
    },
  }
}
