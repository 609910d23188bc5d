import { expect, test } from 'vitest'
import { databaseIn, pageIn } from '../support/cache-contents.ts'
import { type RunningEngine, startRunningEngine } from '../support/running-engine.ts'
import { until } from '../support/until.ts'

const TASKS = 'Actionable Tasks'
const PEOPLE = 'People & Contacts'

/** A new task that shows three contacts, of a database that is not watched unless told. */
const startRelated = async (
  webhook: Readonly<Record<string, unknown>> = { databases: [TASKS], processing: { retry_attempts: 1 } },
): Promise<RunningEngine & { task: string; contacts: readonly string[] }> => {
  const running = await startRunningEngine({ settings: () => ({ webhook }) })
  const contacts = running.workspace.pageIds(PEOPLE).slice(0, 3)
  const task = running.workspace.createPage(TASKS, { title: 'Call them', properties: { Contacts: contacts } })
  return Object.assign(running, { task, contacts })
}

const shownIn = ({ cacheFolder }: RunningEngine): unknown =>
  databaseIn(cacheFolder, 'actionable_tasks.json').records[0]?.['Contacts']

test('titles of related pages reach the database file, each asked for once', async () => {
  const running = await startRelated()
  const { workspace, simulator, send, contacts, task } = running
  const asked: string[] = []
  simulator.beforeAnswer(async (path) => {
    asked.push(path)
  })
  await send('page.created', task)
  await running.engine.whenIdle()
  expect(shownIn(running)).toEqual(contacts.map((id) => workspace.titleOf(id)))
  workspace.editPage(task, { properties: { Effort: 3 } })
  await send('page.properties_updated', task)
  await running.engine.whenIdle()
  expect(pageIn(running.cacheFolder, task).sync.revision).toBe(2)
  for (const id of contacts) expect(asked.filter((path) => path === `/v1/pages/${id}`)).toHaveLength(1)
})

test('titles are asked for a quiet time after the record was written: a page that is on its way needs no asking', async () => {
  const running = await startRelated({ debouncing: { page_updates: '1s' } })
  const { workspace, simulator, send, contacts, task } = running
  const asked: string[] = []
  simulator.beforeAnswer(async (path) => {
    asked.push(path)
  })
  for (const id of [task, ...contacts]) await send('page.created', id)
  await running.engine.whenIdle()
  for (const id of contacts) expect(asked.filter((path) => path === `/v1/pages/${id}`)).toHaveLength(1)
  expect(shownIn(running)).toEqual(contacts.map((id) => workspace.titleOf(id)))
})

test('titles that were wanted when the program ended are asked for after the restart', async () => {
  const running = await startRelated()
  const { workspace, simulator, send, contacts, task } = running
  const isActive = Promise.withResolvers<undefined>()
  const release = Promise.withResolvers<undefined>()
  simulator.beforeAnswer(async (path) => {
    if (path !== `/v1/pages/${task}`) return
    isActive.resolve(undefined)
    await release.promise
  })
  await send('page.created', task)
  await isActive.promise
  const stopped = running.engine.stop()
  release.resolve(undefined)
  await stopped
  expect(shownIn(running)).toEqual(contacts)
  await running.restart()
  await running.engine.whenIdle()
  expect(shownIn(running)).toEqual(contacts.map((id) => workspace.titleOf(id)))
})

test('a related page that Notion fails for is no matter of the page: it is written, and the title tried again', async () => {
  const running = await startRelated()
  const { workspace, simulator, send, contacts, task } = running
  simulator.failNext({ match: new RegExp(contacts[1]!), times: 1, status: 503 })
  await send('page.created', task)
  await until('the title is delayed', () => running.engine.status().jobs.delayed === 1)
  expect(pageIn(running.cacheFolder, task).sync.revision).toBe(1)
  expect(running.engine.status()).toMatchObject({ metrics: { events_processed: 1, events_failed: 0 } })
  await running.engine.whenIdle()
  expect(shownIn(running)).toEqual(contacts.map((id) => workspace.titleOf(id)))
  expect(running.engine.status()).toMatchObject({ state: 'healthy', jobs: { failed: 0 } })
})

test('a title that could not be had is a failed job of its page, and a retry brings it', async () => {
  const running = await startRelated()
  const { workspace, simulator, send, contacts, task } = running
  simulator.failNext({ match: new RegExp(contacts[1]!), times: 1, status: 400 })
  await send('page.created', task)
  await running.engine.whenIdle()
  const titles = contacts.map((id) => workspace.titleOf(id))
  expect(shownIn(running)).toEqual([titles[0], contacts[1], titles[2]])
  const { jobs } = await running.engine.calls.jobs({ states: ['failed'] })
  expect(jobs).toMatchObject([{ page_id: contacts[1], state: 'failed', database: null, attempts: { length: 1 } }])
  expect(running.engine.status()).toMatchObject({ jobs: { failed: 1 }, metrics: { events_failed: 0 } })
  expect(await running.engine.calls.retry({ ids: [jobs[0]!.id] })).toEqual({ retried: 1 })
  await running.engine.whenIdle()
  expect(shownIn(running)).toEqual(titles)
  expect(running.engine.status()).toMatchObject({ state: 'healthy', jobs: { failed: 0 } })
})
