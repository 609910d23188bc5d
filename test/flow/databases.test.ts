import { existsSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import type { SimulatedDatabase, Workspace } from '../../electron/simulator/workspace.ts'
import { databaseFilesIn, databaseIn, pageIn, pagesIn, recordsIn, trashIn } from '../support/cache-contents.ts'
import { startRunningEngine } from '../support/running-engine.ts'

const TASKS = 'Actionable Tasks'
const TASKS_FILE = 'actionable_tasks.json'

const digits = (id: string): string => id.replaceAll('-', '').slice(-8)

const databaseTitled = ({ databases }: Workspace, title: string): SimulatedDatabase =>
  databases.find((database) => database.title === title)!

const watchedById = (events: readonly string[]) => ({
  settings: (workspace: Workspace) => ({
    webhook: { databases: [databaseTitled(workspace, TASKS).id], events },
  }),
})

test('a database file that somebody else wrote is left as it is and told, and is written once it is moved away', async () => {
  const { workspace, send, engine, cacheFolder } = await startRunningEngine()
  const path = join(cacheFolder, TASKS_FILE)
  const foreign = '{\n  "Actionable Tasks": [{ "Task": "by hand" }]\n}'
  writeFileSync(path, foreign)
  const id = workspace.pageIds(TASKS)[0]!
  await send('page.created', id)
  await engine.whenIdle()
  expect(readFileSync(path, 'utf8')).toBe(foreign)
  expect(pagesIn(cacheFolder).has(id)).toBe(true)
  const { state, problems } = engine.status()
  expect(state).toBe('degraded')
  expect(problems).toEqual([
    {
      code: 'foreign-file',
      severity: 'failure',
      message: `${path} was not written by Blackcore Sync, or was changed since. It is left as it is; move it away, and it is written anew.`,
    },
  ])
  rmSync(path)
  await send('page.created', workspace.pageIds(TASKS)[1]!)
  await engine.whenIdle()
  expect(databaseIn(cacheFolder, TASKS_FILE).records).toHaveLength(2)
  expect(engine.status()).toMatchObject({ state: 'healthy', problems: [] })
})

test('a database file that a person changed since is left as it is and told', async () => {
  const { workspace, send, engine, cacheFolder } = await startRunningEngine()
  const path = join(cacheFolder, TASKS_FILE)
  await send('page.created', workspace.pageIds(TASKS)[0]!)
  await engine.whenIdle()
  const changed = readFileSync(path, 'utf8').replace('"Task":', '"Note by hand": "mine",\n      "Task":')
  writeFileSync(path, changed)
  await send('page.created', workspace.pageIds(TASKS)[1]!)
  await engine.whenIdle()
  expect(readFileSync(path, 'utf8')).toBe(changed)
  expect(engine.status()).toMatchObject({ state: 'degraded', problems: [{ code: 'foreign-file' }] })
})

test('a database that is renamed in Notion takes its folder, its file and its key along, and is followed on', async () => {
  const { workspace, send, engine, cacheFolder } = await startRunningEngine(
    watchedById(['page.created', 'page.updated', 'database.updated']),
  )
  const database = databaseTitled(workspace, TASKS)
  const id = workspace.pageIds(TASKS)[0]!
  await send('page.created', id)
  await engine.whenIdle()
  workspace.renameDatabase(TASKS, 'Duties & Chores')
  expect((await send('data_source.content_updated', database.dataSourceId)).body).toMatchObject({ status: 'queued' })
  await engine.whenIdle()
  expect(databaseFilesIn(cacheFolder)).toEqual(['duties_chores.json'])
  expect(databaseIn(cacheFolder, 'duties_chores.json')).toMatchObject({ title: 'Duties & Chores', records: [{ id }] })
  expect(pageIn(cacheFolder, id).path).toMatch(/^Duties & Chores\//)
  expect(existsSync(join(cacheFolder, 'pages', TASKS))).toBe(false)
  workspace.editPage(id, { properties: { Effort: 77 } })
  const later = workspace.pageIds('Duties & Chores')[1]!
  await send('page.properties_updated', id)
  await send('page.created', later)
  await engine.whenIdle()
  expect(databaseIn(cacheFolder, 'duties_chores.json').records).toMatchObject([{ id, Effort: 77 }, { id: later }])
  expect(engine.status()).toMatchObject({ state: 'healthy', problems: [] })
})

test('a database that is watched by its title is followed on when it is renamed, across a restart too', async () => {
  const running = await startRunningEngine()
  const { workspace, send, engine, cacheFolder } = running
  const { dataSourceId } = databaseTitled(workspace, TASKS)
  const id = workspace.pageIds(TASKS)[0]!
  await send('page.created', id)
  await engine.whenIdle()
  workspace.renameDatabase(TASKS, 'Duties')
  await send('data_source.content_updated', dataSourceId)
  await engine.whenIdle()
  workspace.editPage(id, { properties: { Effort: 41 } })
  expect((await send('page.properties_updated', id)).body).toMatchObject({ status: 'queued' })
  await engine.whenIdle()
  expect(databaseIn(cacheFolder, 'duties.json')).toMatchObject({ title: 'Duties', records: [{ id, Effort: 41 }] })
  expect(pageIn(cacheFolder, id).path).toMatch(/^Duties\//)
  expect(engine.status().problems).toEqual([])
  await running.restart()
  workspace.editPage(id, { properties: { Effort: 42 } })
  expect((await running.send('page.properties_updated', id)).body).toMatchObject({ status: 'queued' })
  await running.engine.whenIdle()
  expect(databaseIn(cacheFolder, 'duties.json')).toMatchObject({ title: 'Duties', records: [{ id, Effort: 42 }] })
  expect(trashIn(cacheFolder)).toEqual([])
})

test('a database that leaves the settings keeps all that it has; its events are ignored from then on', async () => {
  const running = await startRunningEngine(watchedById(['page.created', 'page.updated']))
  const id = running.workspace.pageIds(TASKS)[0]!
  await running.send('page.created', id)
  await running.engine.whenIdle()
  await running.restart({ webhook: { databases: ['People & Contacts'] } })
  await running.send('page.properties_updated', id)
  await running.engine.whenIdle()
  expect(databaseIn(running.cacheFolder, 'actionable_tasks.json').records).toMatchObject([{ id }])
  expect(trashIn(running.cacheFolder)).toEqual([])
})

test('a change of the schema is followed whatever event types are selected', async () => {
  const { workspace, send, engine, cacheFolder } = await startRunningEngine(watchedById(['page.created']))
  const { dataSourceId } = databaseTitled(workspace, TASKS)
  const id = workspace.pageIds(TASKS)[0]!
  await send('page.created', id)
  await engine.whenIdle()
  workspace.addProperty(TASKS, 'Reviewed', 'checkbox')
  workspace.renameDatabase(TASKS, 'Duties')
  workspace.editPage(id, { properties: { Reviewed: true } })
  expect((await send('data_source.schema_updated', dataSourceId)).body).toMatchObject({ status: 'queued' })
  await engine.whenIdle()
  expect((await send('page.created', id)).body).toMatchObject({ status: 'queued' })
  expect((await send('page.deleted', id)).body).toMatchObject({ reason: 'event type not selected' })
  await engine.whenIdle()
  expect(databaseIn(cacheFolder, 'duties.json')).toMatchObject({ title: 'Duties', records: [{ id, Reviewed: true }] })
})

test('a database in Notion’s trash removes nothing by itself, and is told', async () => {
  const { workspace, send, engine, cacheFolder } = await startRunningEngine({
    settings: () => ({ webhook: { events: ['page.created', 'database.deleted'] } }),
  })
  const database = databaseTitled(workspace, TASKS)
  const id = workspace.pageIds(TASKS)[0]!
  await send('page.created', id)
  await engine.whenIdle()
  workspace.trashDatabase(TASKS)
  await send('database.deleted', database.id)
  await engine.whenIdle()
  expect(pagesIn(cacheFolder).has(id)).toBe(true)
  expect(recordsIn(cacheFolder).has(id)).toBe(true)
  expect(trashIn(cacheFolder)).toEqual([])
  expect(engine.status().problems).toMatchObject([{ code: 'database-in-trash', severity: 'notice' }])
})

test('two databases of one title have a folder and a file each, told apart by the last digits of their ids', async () => {
  const { workspace, send, engine, cacheFolder } = await startRunningEngine({
    settings: (space) => {
      space.addDatabase('Second')
      space.createPage('Second', { title: 'In the second' })
      space.renameDatabase('Second', TASKS)
      return { webhook: { databases: [TASKS] } }
    },
  })
  const [first, second] = workspace.databases.filter(({ title }) => title === TASKS)
  const ids = [workspace.pageIds(TASKS)[0]!, [...workspace.rows(second!.dataSourceId, null)][0]!.id]
  // The first that is needed while the other is unknown would keep the short name.
  for (const { dataSourceId } of [first!, second!]) await send('data_source.schema_updated', dataSourceId)
  await engine.whenIdle()
  for (const id of ids) await send('page.created', id)
  await engine.whenIdle()
  const files = [first!, second!].map(({ id }) => `actionable_tasks_${digits(id)}.json`)
  expect(databaseFilesIn(cacheFolder)).toEqual(files.toSorted())
  expect(files.map((name) => databaseIn(cacheFolder, name))).toMatchObject([
    { title: TASKS, records: [{ id: ids[0] }] },
    { title: TASKS, records: [{ id: ids[1], Name: 'In the second' }] },
  ])
  expect(ids.map((id) => pageIn(cacheFolder, id).path.split('/')[0])).toEqual(
    [first!, second!].map(({ id }) => `${TASKS} (${digits(id)})`),
  )
})

test('a database with several data sources is one folder and one file', async () => {
  const { workspace, send, engine, cacheFolder } = await startRunningEngine()
  const dataSourceId = workspace.addDataSource(TASKS, 'Archive')
  const first = workspace.pageIds(TASKS)[0]!
  const second = workspace.createPage(TASKS, { title: 'From the archive', dataSourceId })
  await send('page.created', first)
  await send('page.created', second)
  await engine.whenIdle()
  const { title, records } = databaseIn(cacheFolder, TASKS_FILE)
  expect(title).toBe(TASKS)
  expect(records.map((record) => record['id']).toSorted()).toEqual([first, second].toSorted())
  expect([first, second].map((id) => pageIn(cacheFolder, id).path.split('/')[0])).toEqual([TASKS, TASKS])
  expect(databaseFilesIn(cacheFolder)).toEqual([TASKS_FILE])
})

test('a page that moves away while it is fetched for the first time does not stay behind', async () => {
  const { workspace, send, engine, simulator, cacheFolder } = await startRunningEngine({
    settings: (known) => ({ webhook: { databases: [databaseTitled(known, TASKS).id] } }),
  })
  const PEOPLE = 'People & Contacts'
  const id = workspace.pageIds(TASKS)[0]!
  // People has been looked up, and is known not to be watched.
  await send('page.created', workspace.pageIds(PEOPLE)[0]!)
  await engine.whenIdle()
  const fetching = Promise.withResolvers<undefined>()
  const held = Promise.withResolvers<undefined>()
  simulator.beforeAnswer(async (path) => {
    if (!path.endsWith('/markdown')) return
    fetching.resolve(undefined)
    await held.promise
  })
  await send('page.created', id)
  await fetching.promise
  workspace.movePage(id, PEOPLE)
  expect((await send('page.moved', id)).body).toMatchObject({ status: 'queued' })
  simulator.beforeAnswer(null)
  held.resolve(undefined)
  await engine.whenIdle()
  expect(pagesIn(cacheFolder).has(id)).toBe(false)
})

test('another cache folder in the settings gets everything that is held, page files too', async () => {
  const running = await startRunningEngine()
  const ids = running.workspace.pageIds(TASKS).slice(0, 3)
  for (const id of ids) await running.send('page.created', id)
  await running.engine.whenIdle()
  const elsewhere = join(running.folder, 'elsewhere')
  await running.restart({ cache: { folder: elsewhere } })
  await running.engine.whenIdle()
  expect([...pagesIn(elsewhere).keys()].toSorted()).toEqual([...ids].toSorted())
  expect(databaseIn(elsewhere, 'actionable_tasks.json').records).toHaveLength(3)
})

test('a database file that was taken away while nothing ran is written anew at the next start', async () => {
  const running = await startRunningEngine()
  await running.send('page.created', running.workspace.pageIds(TASKS)[0]!)
  await running.engine.whenIdle()
  rmSync(join(running.cacheFolder, 'actionable_tasks.json'))
  await running.restart()
  await running.engine.whenIdle()
  expect(databaseIn(running.cacheFolder, 'actionable_tasks.json').records).toHaveLength(1)
})
