import { expect, test } from 'vitest'
import {
  databaseFilesIn,
  databaseIn,
  lasting,
  pageIn,
  pagesIn,
  recordOf,
  recordsIn,
} from '../support/cache-contents.ts'
import { startRunningEngine } from '../support/running-engine.ts'
import { DATABASE_TITLES } from '../support/settings-file.ts'
import { until } from '../support/until.ts'

const TASKS = 'Actionable Tasks'

test('deliveries about pages of four databases become readable page files and database files, true to Notion', async () => {
  const { workspace, send, engine, cacheFolder } = await startRunningEngine()
  const events = new Map<string, unknown>()
  for (const title of DATABASE_TITLES) {
    for (const id of workspace.pageIds(title).slice(0, 3)) {
      const { status, body } = await send('page.created', id)
      expect({ status, body }).toEqual({
        status: 200,
        body: { status: 'queued', event_id: expect.any(String), reason: null },
      })
      events.set(id, (body as { event_id: unknown }).event_id)
    }
  }
  await engine.whenIdle()

  const pages = pagesIn(cacheFolder)
  const records = recordsIn(cacheFolder)
  expect([...pages.keys()].toSorted()).toEqual([...events.keys()].toSorted())
  expect([...records.keys()].toSorted()).toEqual([...events.keys()].toSorted())
  for (const [id, page] of pages) {
    const database = workspace.databases.find((known) => known.id === workspace.location(id)?.databaseId)
    const digits = id.replaceAll('-', '').slice(-8)
    expect(page.path.startsWith(`${database?.title ?? ''}/`) && page.path.endsWith(` (${digits}).json`)).toBe(true)
    expect(lasting(page.page)).toEqual(lasting(workspace.page(id)))
    expect(page.content).toEqual({ markdown: workspace.markdown(id), truncated: false })
    expect(page.sync).toEqual({
      revision: 1,
      event_id: events.get(id),
      fetched_at: expect.stringMatching(/^\d{4}-\d\d-\d\dT.*Z$/),
      fields: Object.fromEntries(Object.keys(page.page.properties).map((name) => [name, 'updated'])),
    })
    expect(records.get(id)).toEqual(recordOf(workspace, page.page))
  }
  expect(engine.status()).toMatchObject({ state: 'healthy', problems: [], metrics: { events_processed: 12 } })
})

test('the database files bear the names and the one key that the existing tools read', async () => {
  const { workspace, send, engine, cacheFolder } = await startRunningEngine()
  for (const title of DATABASE_TITLES) await send('page.created', workspace.pageIds(title)[0]!)
  await engine.whenIdle()
  const files = databaseFilesIn(cacheFolder)
  expect(Object.fromEntries(files.map((name) => [name, databaseIn(cacheFolder, name).title]))).toEqual({
    'actionable_tasks.json': TASKS,
    'intelligence_transcripts.json': 'Intelligence & Transcripts',
    'organizations_bodies.json': 'Organizations & Bodies',
    'people_contacts.json': 'People & Contacts',
  })
})

test('a record shows values as an analyst reads them, related pages by their titles', async () => {
  const { workspace, send, engine, cacheFolder } = await startRunningEngine()
  const contacts = workspace.pageIds('People & Contacts').slice(0, 2)
  const id = workspace.createPage(TASKS, {
    title: 'Ask the harbour master',
    properties: { Status: 'In progress', Tags: ['Harbour'], Contacts: contacts, Effort: 0, Due: '2026-07-01' },
  })
  await send('page.created', id)
  await engine.whenIdle()
  expect(databaseIn(cacheFolder, 'actionable_tasks.json').records).toEqual([
    expect.objectContaining({
      Task: 'Ask the harbour master',
      Status: 'In progress',
      Tags: ['Harbour'],
      Contacts: contacts.map((contact) => workspace.titleOf(contact)),
      Effort: 0,
      Due: '2026-07-01',
      id,
    }),
  ])
})

test('a burst of events of one page leads to one fetch of it, and to its last state', async () => {
  const { workspace, simulator, send, engine, cacheFolder } = await startRunningEngine({
    settings: () => ({ webhook: { debouncing: { page_updates: '1s' } } }),
  })
  const id = workspace.pageIds(TASKS)[0]!
  const fetched: string[] = []
  simulator.beforeAnswer(async (path) => {
    fetched.push(path)
  })
  for (const state of ['Not started', 'In progress', 'Done', 'In progress', 'Done']) {
    workspace.editPage(id, { properties: { Status: state } })
    expect((await send('page.properties_updated', id)).body).toMatchObject({ status: 'queued' })
  }
  await engine.whenIdle()
  expect(fetched.filter((path) => path === `/v1/pages/${id}`)).toHaveLength(1)
  expect(pageIn(cacheFolder, id).sync.revision).toBe(1)
  expect(databaseIn(cacheFolder, 'actionable_tasks.json').records).toMatchObject([{ id, Status: 'Done' }])
  const { jobs } = await engine.calls.jobs({ states: ['completed'] })
  expect(jobs.filter((job) => job.page_id === id)).toHaveLength(1)
  expect(engine.status()).toMatchObject({ metrics: { events_received: 5, events_processed: 5 } })
})

test('a change that arrives while its page is being fetched is not lost, and the page is not fetched twice at once', async () => {
  const { workspace, simulator, send, engine, cacheFolder } = await startRunningEngine()
  const id = workspace.pageIds(TASKS)[0]!
  const isHeld = Promise.withResolvers<undefined>()
  const release = Promise.withResolvers<undefined>()
  let fetches = 0
  let fetchesWhileHeld = 0
  simulator.beforeAnswer(async (path) => {
    if (path !== `/v1/pages/${id}`) return
    fetches += 1
    if (fetches > 1) return
    isHeld.resolve(undefined)
    await release.promise
    fetchesWhileHeld = fetches
  })
  workspace.editPage(id, { properties: { Status: 'In progress' } })
  await send('page.properties_updated', id)
  await isHeld.promise
  workspace.editPage(id, { properties: { Status: 'Done' } })
  const late = await send('page.properties_updated', id)
  // Another page goes through meanwhile: the second event of the held one had its chance.
  const other = workspace.pageIds(TASKS)[1]!
  await send('page.created', other)
  await until('the other page has its file', () => pagesIn(cacheFolder).has(other))
  release.resolve(undefined)
  await engine.whenIdle()
  expect({ fetches, fetchesWhileHeld }).toEqual({ fetches: 2, fetchesWhileHeld: 1 })
  expect(pageIn(cacheFolder, id).sync).toMatchObject({
    revision: 2,
    event_id: (late.body as { event_id: string }).event_id,
  })
  expect(recordsIn(cacheFolder).get(id)).toMatchObject({ Status: 'Done' })
})

test('an event of an unchanged page changes neither its file nor its revision', async () => {
  const { workspace, send, engine, cacheFolder } = await startRunningEngine()
  // A person has a portrait that Notion hosts: its link differs at every fetch.
  const ids = workspace.pageIds('People & Contacts')
  for (const id of ids) await send('page.created', id)
  await engine.whenIdle()
  const before = pagesIn(cacheFolder)
  expect(JSON.stringify([...before.values()])).toContain('X-Amz-Signature')
  for (const id of ids) await send('page.properties_updated', id)
  await engine.whenIdle()
  expect(pagesIn(cacheFolder)).toEqual(before)
  expect(engine.status().metrics.events_processed).toBe(2 * ids.length)
})

test('triggers of the settings are accepted and told as not run', async () => {
  const { engine } = await startRunningEngine({
    settings: () => ({ webhook: { triggers: { on_new_transcript: { action: 'process_intelligence' } } } }),
  })
  expect(engine.status().problems).toContainEqual({
    code: 'triggers-not-run',
    severity: 'notice',
    message: expect.stringContaining('on_new_transcript'),
  })
})
