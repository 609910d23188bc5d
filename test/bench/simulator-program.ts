import { startSimulator } from '../../electron/simulator/server.ts'

/** The simulator in a process of its own, without limits: it must not take its time from what is measured. */
const pagesPerDatabase = Number(process.argv[2])
const simulator = await startSimulator({ seed: 3, pagesPerDatabase, requestsPerMinute: null })
const { workspace } = simulator
const title = 'Organizations & Bodies'
const source = workspace.databases.find((database) => database.title === title)
const ready = {
  url: simulator.url,
  title,
  workspaceId: workspace.id,
  databaseId: source?.id,
  dataSourceId: source?.dataSourceId,
  pageIds: workspace.pageIds(title),
}
process.stdout.write(`ready ${JSON.stringify(ready)}\n`)
