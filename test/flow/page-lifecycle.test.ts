import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { pageIn, pagesIn, recordOf, recordsIn, trashIn } from '../support/cache-contents.ts'
import { type RunningEngine, startRunningEngine } from '../support/running-engine.ts'

const TASKS = 'Actionable Tasks'
const PEOPLE = 'People & Contacts'

/** An engine that holds one page. */
const withPage = async (title: string, databases?: readonly string[]): Promise<RunningEngine & { id: string }> => {
  const running = await startRunningEngine(
    databases === undefined ? {} : { settings: () => ({ webhook: { databases } }) },
  )
  const id = running.workspace.createPage(TASKS, { title })
  await running.send('page.created', id)
  await running.engine.whenIdle()
  // Spreading would take the present engine; these tests do not restart it.
  return { ...running, id }
}

const digits = (id: string): string => id.replaceAll('-', '').slice(-8)

test('a page whose title changes gets its file under the new name, and the old file is gone', async () => {
  const { id, workspace, send, engine, cacheFolder } = await withPage('Call the port')
  expect(pageIn(cacheFolder, id).path).toBe(`${TASKS}/Call the port (${digits(id)}).json`)
  workspace.editPage(id, { title: 'Call: the port / quay' })
  await send('page.content_updated', id)
  await engine.whenIdle()
  expect(pagesIn(cacheFolder).size).toBe(1)
  const page = pageIn(cacheFolder, id)
  expect(page.path).toBe(`${TASKS}/Call - the port - quay (${digits(id)}).json`)
  expect(page.sync.revision).toBe(2)
  expect(recordsIn(cacheFolder).get(id)).toMatchObject({ Task: 'Call: the port / quay' })
  expect(trashIn(cacheFolder)).toEqual([])
})

test('records of other databases follow the title of a page that they are related to', async () => {
  const { id, workspace, send, engine, cacheFolder } = await withPage('First name')
  const person = workspace.createPage(PEOPLE, { title: 'Ada Quay', properties: { Tasks: [id] } })
  await send('page.created', person)
  await engine.whenIdle()
  expect(recordsIn(cacheFolder).get(person)).toMatchObject({ Tasks: ['First name'] })
  workspace.editPage(id, { title: 'Second name' })
  await send('page.properties_updated', id)
  await engine.whenIdle()
  expect(recordsIn(cacheFolder).get(person)).toMatchObject({ Tasks: ['Second name'] })
})

test('a deleted page moves to the trash under the same file name, unchanged, and leaves its database file', async () => {
  const { id, workspace, send, engine, cacheFolder } = await withPage('Close the file')
  const name = `Close the file (${digits(id)}).json`
  const before = readFileSync(join(cacheFolder, 'pages', TASKS, name), 'utf8')
  workspace.trashPage(id)
  await send('page.deleted', id)
  await engine.whenIdle()
  expect(pagesIn(cacheFolder).size).toBe(0)
  expect(recordsIn(cacheFolder).size).toBe(0)
  expect(trashIn(cacheFolder)).toEqual([name])
  expect(readFileSync(join(cacheFolder, '.trash', name), 'utf8')).toBe(before)
})

test('a restored page is back in its place with a higher revision, and no longer in the trash', async () => {
  const { id, workspace, send, engine, cacheFolder } = await withPage('Close the file')
  workspace.trashPage(id)
  await send('page.deleted', id)
  await engine.whenIdle()
  workspace.restorePage(id)
  await send('page.undeleted', id)
  await engine.whenIdle()
  const page = pageIn(cacheFolder, id)
  expect(page.path).toBe(`${TASKS}/Close the file (${digits(id)}).json`)
  expect(page.sync.revision).toBe(3)
  expect(recordsIn(cacheFolder).get(id)).toEqual(recordOf(workspace, page.page))
  expect(trashIn(cacheFolder)).toEqual([])
})

test('a page that moves between watched databases has one file, in the new one', async () => {
  const { id, workspace, send, engine, cacheFolder } = await withPage('Ada Quay')
  workspace.movePage(id, PEOPLE)
  await send('page.moved', id)
  await engine.whenIdle()
  expect(pagesIn(cacheFolder).size).toBe(1)
  const page = pageIn(cacheFolder, id)
  expect(page.path).toBe(`${PEOPLE}/Ada Quay (${digits(id)}).json`)
  expect(page.sync.revision).toBe(2)
  expect(recordsIn(cacheFolder).size).toBe(1)
  expect(recordsIn(cacheFolder).get(id)).toMatchObject({ Name: 'Ada Quay' })
  expect(trashIn(cacheFolder)).toEqual([])
})

test('a held page that moves to a database that is not watched goes to the trash, though the event names only that one', async () => {
  const { id, workspace, send, engine, cacheFolder } = await withPage('Ada Quay', [TASKS])
  const stranger = workspace.pageIds(PEOPLE)[0]!
  expect((await send('page.created', stranger)).body).toMatchObject({
    status: 'ignored',
    reason: 'database not watched',
  })
  workspace.movePage(id, PEOPLE)
  expect((await send('page.moved', id)).body).toMatchObject({ status: 'queued' })
  await engine.whenIdle()
  expect(pagesIn(cacheFolder).size).toBe(0)
  expect(recordsIn(cacheFolder).size).toBe(0)
  expect(trashIn(cacheFolder)).toEqual([`Ada Quay (${digits(id)}).json`])
})

test('a page that Notion no longer knows goes to the trash while its database is there', async () => {
  const { id, workspace, send, engine, cacheFolder } = await withPage('Gone for good')
  workspace.deletePageForever(id)
  await send('page.properties_updated', id)
  await engine.whenIdle()
  expect(trashIn(cacheFolder)).toEqual([`Gone for good (${digits(id)}).json`])
  expect(engine.status().state).toBe('healthy')
})

test('a page whose database is out of reach as well stays as it is, and a person is told', async () => {
  const { id, simulator, send, engine, cacheFolder } = await withPage('Access withdrawn')
  simulator.failNext({ match: /^\/v1\/(pages|data_sources|databases)\//, times: 100, status: 404 })
  await send('page.properties_updated', id)
  await engine.whenIdle()
  expect(pageIn(cacheFolder, id).sync.revision).toBe(1)
  expect(recordsIn(cacheFolder).has(id)).toBe(true)
  expect(trashIn(cacheFolder)).toEqual([])
  expect(engine.status()).toMatchObject({ state: 'degraded', jobs: { failed: 1 }, metrics: { events_failed: 1 } })
})

test('a later success of a page completes its failed job, and the state is healthy again', async () => {
  const { id, simulator, send, engine } = await withPage('Fails once')
  simulator.failNext({ match: /^\/v1\/pages\//, times: 1, status: 400 })
  await send('page.properties_updated', id)
  await engine.whenIdle()
  expect(engine.status()).toMatchObject({ state: 'degraded', jobs: { failed: 1 } })
  await send('page.properties_updated', id)
  await engine.whenIdle()
  expect(engine.status()).toMatchObject({ state: 'healthy', jobs: { failed: 0 } })
})
