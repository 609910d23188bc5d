import { join } from 'node:path'
import { onTestFinished } from 'vitest'
import { type Engine, type EngineSeams, readTextNow, startEngine } from '../../electron/engine/engine.ts'
import type { Clock } from '../../electron/engine/foundation/clock.ts'
import { loadSettings } from '../../electron/engine/settings/load.ts'
import { type Simulator, startSimulator } from '../../electron/simulator/server.ts'
import { createRecordedLog } from '../support/recorded-log.ts'
import { madeSecret, type SettingsChanges, writeSettings } from '../support/settings-file.ts'
import { temporaryFolder } from '../support/temporary-folder.ts'
import { createNotionSide, type NotionSide } from './notion-side.ts'
import type { Folders } from './promises.ts'
import { createScenario, PEOPLE, type Scenario, TASKS } from './scenario.ts'

/** A workspace of its own, folders of its own, and a scenario that has not begun; engines come and go. */
export interface FaultStage extends Folders {
  readonly simulator: Simulator
  readonly scenario: Scenario
  readonly notion: NotionSide
  readonly settingsFile: string
  /** An engine in this process; the caller stops it, or the end of the stage does. */
  start(seams: EngineSeams, clock?: Clock): Promise<Engine>
  end(): Promise<void>
}

const EVENTS = ['page.created', 'page.updated', 'page.deleted', 'database.updated']

/** Everything the scenario tells is followed, and taken up at once. */
const settings = (secret: string): SettingsChanges => ({
  webhook: { secret, databases: [TASKS, PEOPLE], events: EVENTS, debouncing: { page_updates: 0 } },
})

export const openFaultStage = async (folder = temporaryFolder()): Promise<FaultStage> => {
  const secret = madeSecret()
  const simulator = await startSimulator({ seed: 5, pagesPerDatabase: 3, requestsPerMinute: null })
  const { file, cacheFolder } = writeSettings(folder, simulator.url, settings(secret))
  const dataFolder = join(folder, 'data')
  const running = new Set<Engine>()
  let ended: Promise<void> | null = null

  const end = async (): Promise<void> => {
    await Promise.all([...running].map((engine) => engine.stop()))
    await simulator.stop()
  }
  const endOnce = (): Promise<void> => (ended ??= end())
  onTestFinished(endOnce)

  return {
    simulator,
    cacheFolder,
    dataFolder,
    settingsFile: file,
    scenario: createScenario(),
    notion: createNotionSide(simulator.workspace, secret),
    start: async (seams, clock) => {
      const loaded = loadSettings({ file, cwd: folder, environment: {}, readText: readTextNow })
      const log = createRecordedLog()
      const engine = await startEngine({ loaded, dataFolder, log, seams, ...(clock === undefined ? {} : { clock }) })
      running.add(engine)
      return {
        ...engine,
        stop: () => {
          running.delete(engine)
          return engine.stop()
        },
      }
    },
    end: endOnce,
  }
}
