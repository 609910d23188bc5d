import { spawnSync } from 'node:child_process'
import { startSimulator, type Simulator } from '../../electron/simulator/server.ts'
import { type BenchFolder, benchFolder } from './bench-folder.ts'
import { runToEnd } from './programs.ts'
import type { Workspace } from './workspace.ts'

export const DATABASE = 'Organizations & Bodies'

/** A simulator in this process, so that its pages can be edited, and what is measured with of it. */
export interface BenchNotion {
  readonly simulator: Simulator
  readonly workspace: Workspace
}

export const startBenchNotion = async (pagesPerDatabase: number): Promise<BenchNotion> => {
  const simulator = await startSimulator({ seed: 3, pagesPerDatabase, requestsPerMinute: null })
  const database = simulator.workspace.databases.find(({ title }) => title === DATABASE)
  if (database === undefined) throw new Error(`The simulator has no database ${DATABASE}`)
  const workspace = {
    url: simulator.url,
    title: DATABASE,
    workspaceId: simulator.workspace.id,
    databaseId: database.id,
    dataSourceId: database.dataSourceId,
    pageIds: simulator.workspace.pageIds(DATABASE),
  }
  return { simulator, workspace }
}

/** A folder that holds so many records already, all files written. No quiet time, no page content. */
export const seededFolder = async ({ simulator, workspace }: BenchNotion, records: number): Promise<BenchFolder> => {
  const webhook = { databases: [workspace.dataSourceId], debouncing: { page_updates: 0 } }
  const bench = benchFolder(workspace.url, webhook, { cache: { content: false } })
  const page = simulator.workspace.page(workspace.pageIds[0] ?? '')
  const args = [bench.dataFolder, bench.cacheFolder, String(records)]
  await runToEnd('./seed-program.ts', args, JSON.stringify({ workspace, page }))
  // What the system still has to write of it would be measured with what comes.
  if (process.platform !== 'win32') spawnSync('sync')
  const engine = await bench.startEngine()
  await bench.waitIdle()
  await engine.stop()
  return bench
}
