import { expect, test } from 'vitest'
import { lasting, pageIn, recordOf, recordsIn } from '../support/cache-contents.ts'
import { startRunningEngine } from '../support/running-engine.ts'
import { until } from '../support/until.ts'

const TASKS = 'Actionable Tasks'
const PEOPLE = 'People & Contacts'

const START = { simulator: { pagesPerDatabase: 60 } }

const contactsOf = (page: { readonly properties: Readonly<Record<string, object>> }): unknown => {
  const contacts: { readonly relation?: unknown } | undefined = page.properties['Contacts']
  return contacts?.relation
}

test('references beyond those that an answer shows are completed', async () => {
  const { workspace, send, engine, cacheFolder } = await startRunningEngine(START)
  const contacts = workspace.pageIds(PEOPLE).slice(0, 40)
  const id = workspace.createPage(TASKS, { title: 'Many contacts', properties: { Contacts: contacts } })
  await send('page.created', id)
  await engine.whenIdle()
  const { page, sync } = pageIn(cacheFolder, id)
  expect(contactsOf(page)).toEqual(contacts.map((contact) => ({ id: contact })))
  expect(lasting(page)).toEqual(lasting(workspace.page(id)))
  expect(sync.fields['Contacts']).toBe('updated')
  expect(recordsIn(cacheFolder).get(id)).toEqual(recordOf(workspace, page))
})

test('a property whose references cannot be had keeps its old value and says so, and a retry completes it', async () => {
  const { workspace, simulator, send, engine, cacheFolder } = await startRunningEngine(START)
  const people = workspace.pageIds(PEOPLE)
  const id = workspace.createPage(TASKS, { title: 'Before', properties: { Contacts: people.slice(0, 30) } })
  await send('page.created', id)
  await engine.whenIdle()

  workspace.editPage(id, { title: 'After', properties: { Contacts: people.slice(5, 45) } })
  simulator.failNext({ match: /\/properties\//, times: 1, status: 503 })
  await send('page.properties_updated', id)
  await until('the first attempt has ended', () => engine.status().jobs.delayed === 1)
  const half = pageIn(cacheFolder, id)
  expect(half.path).toContain('After')
  expect(half.sync).toMatchObject({ revision: 2, fields: { Contacts: 'kept', Task: 'updated' } })
  expect(contactsOf(half.page)).toEqual(people.slice(0, 30).map((contact) => ({ id: contact })))

  await engine.whenIdle()
  const whole = pageIn(cacheFolder, id)
  expect(whole.sync).toMatchObject({ revision: 3, fields: { Contacts: 'updated', Task: 'updated' } })
  expect(lasting(whole.page)).toEqual(lasting(workspace.page(id)))
  expect(recordsIn(cacheFolder).get(id)).toEqual(recordOf(workspace, whole.page))
  expect(engine.status()).toMatchObject({ state: 'healthy', jobs: { failed: 0 } })
})

test('references that come in two portions are kept as they were where only the second fails, and the retry completes them', async () => {
  const { workspace, simulator, send, engine, cacheFolder } = await startRunningEngine({
    simulator: { pagesPerDatabase: 160 },
  })
  const people = workspace.pageIds(PEOPLE)
  const before = people.slice(0, 30)
  const after = people.slice(5, 135)
  const id = workspace.createPage(TASKS, { title: 'A long list', properties: { Contacts: before } })
  await send('page.created', id)
  await engine.whenIdle()

  workspace.editPage(id, { properties: { Contacts: after } })
  const portions: string[] = []
  simulator.beforeAnswer(async (path) => {
    if (path.includes('/properties/')) portions.push(path)
  })
  simulator.failNext({ match: /\/properties\//, times: 1, everyNth: 2, status: 503 })
  await send('page.properties_updated', id)
  await until('the first attempt has ended', () => engine.status().jobs.delayed === 1)
  expect(portions).toHaveLength(2)
  const half = pageIn(cacheFolder, id)
  expect(half.sync).toMatchObject({ revision: 2, fields: { Contacts: 'kept' } })
  expect(contactsOf(half.page)).toEqual(before.map((contact) => ({ id: contact })))

  await engine.whenIdle()
  const whole = pageIn(cacheFolder, id)
  expect(whole.sync).toMatchObject({ revision: 3, fields: { Contacts: 'updated' } })
  expect(contactsOf(whole.page)).toEqual(after.map((contact) => ({ id: contact })))
  expect(recordsIn(cacheFolder).get(id)).toEqual(recordOf(workspace, whole.page))
  expect(engine.status()).toMatchObject({ state: 'healthy', jobs: { failed: 0 } })
})
