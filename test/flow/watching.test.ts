import { expect, test } from 'vitest'
import { createManualClock } from '../support/manual-clock.ts'
import { pageIn, pagesIn, recordsIn } from '../support/cache-contents.ts'
import { startRunningEngine } from '../support/running-engine.ts'
import { until } from '../support/until.ts'

const TASKS = 'Actionable Tasks'
const PEOPLE = 'People & Contacts'

test('a database that is watched by its id is followed, with dashes or without, and others are not', async () => {
  const { workspace, send, engine, cacheFolder } = await startRunningEngine({
    settings: ({ databases }) => ({
      webhook: {
        databases: [
          databases
            .find(({ title }) => title === TASKS)!
            .id.replaceAll('-', '')
            .toUpperCase(),
        ],
      },
    }),
  })
  const id = workspace.pageIds(TASKS)[0]!
  expect((await send('page.created', id)).body).toMatchObject({ status: 'queued' })
  await send('page.created', workspace.pageIds(PEOPLE)[0]!)
  await engine.whenIdle()
  expect([...pagesIn(cacheFolder).keys()]).toEqual([id])
  expect(pageIn(cacheFolder, id).path).toMatch(/^Actionable Tasks\//)
})

test('a data source that is watched by its id is followed, and its neighbour in the same database is not', async () => {
  let archive = ''
  const { workspace, send, engine, cacheFolder } = await startRunningEngine({
    settings: (space) => {
      archive = space.addDataSource(TASKS, 'Archive')
      return { webhook: { databases: [archive] } }
    },
  })
  const id = workspace.createPage(TASKS, { title: 'In the archive', dataSourceId: archive })
  const neighbour = workspace.pageIds(TASKS)[0]!
  await send('page.created', id)
  await send('page.created', neighbour)
  await engine.whenIdle()
  expect([...pagesIn(cacheFolder).keys()]).toEqual([id])
  expect(recordsIn(cacheFolder).get(id)).toMatchObject({ Name: 'In the archive' })
})

test('a title that Notion shows nothing of yet is told; events from there are followed as soon as it does', async () => {
  const { workspace, send, engine, cacheFolder } = await startRunningEngine({
    settings: () => ({ webhook: { databases: [TASKS, 'Harbour Log'] } }),
  })
  await until('the missing title is told', () => engine.status().problems.length > 0)
  expect(engine.status()).toMatchObject({
    state: 'degraded',
    problems: [{ code: 'database-not-found', message: expect.stringContaining('“Harbour Log”') }],
  })
  workspace.addDatabase('Harbour Log')
  const id = workspace.createPage('Harbour Log', { title: 'First entry' })
  expect((await send('page.created', id)).body).toMatchObject({ status: 'queued' })
  const stranger = workspace.pageIds(PEOPLE)[0]!
  await send('page.created', stranger)
  await engine.whenIdle()
  expect([...pagesIn(cacheFolder).keys()]).toEqual([id])
  expect(engine.status().problems).toEqual([])
})

test('a database that is shared later is found without any event, by looking again', async () => {
  const clock = createManualClock()
  const { workspace, engine } = await startRunningEngine({
    clock,
    settings: () => ({ webhook: { databases: ['Harbour Log'] } }),
  })
  const againAt = clock.now() + 10 * 60_000
  await until('the title was looked for', () => clock.dueTimes().includes(againAt))
  workspace.addDatabase('Harbour Log')
  expect(engine.status().problems).toMatchObject([{ code: 'database-not-found' }])
  clock.advance(10 * 60_000)
  await until('the database is found', () => engine.status().problems.length === 0)
})

test('an event that was ignored because its data source was unknown is taken up when that turns out to be watched', async () => {
  const { workspace, send, engine, cacheFolder } = await startRunningEngine({
    settings: () => ({ webhook: { databases: [TASKS] } }),
  })
  const first = workspace.pageIds(TASKS)[0]!
  await send('page.created', first)
  await engine.whenIdle()
  // Every title is resolved, so nothing is waited for: this one is a stranger until somebody looks.
  workspace.addDatabase('Second')
  const id = workspace.createPage('Second', { title: 'Taken up' })
  workspace.renameDatabase('Second', TASKS)
  const answer = await send('page.created', id)
  expect(answer.body).toMatchObject({ status: 'ignored', reason: 'database not watched' })
  await engine.whenIdle()
  expect(recordsIn(cacheFolder).get(id)).toMatchObject({ Name: 'Taken up' })
  expect(pageIn(cacheFolder, id).sync.event_id).toBe((answer.body as { event_id: string }).event_id)
  expect(pageIn(cacheFolder, id).path.split('/')[0]).not.toBe(pageIn(cacheFolder, first).path.split('/')[0])
  expect((await send('page.properties_updated', id)).body).toMatchObject({ status: 'queued' })
})

test('a new data source of a watched database is followed though its events name the data source alone', async () => {
  const { workspace, send, engine, cacheFolder } = await startRunningEngine({
    settings: () => ({ webhook: { databases: [TASKS] } }),
  })
  await send('page.created', workspace.pageIds(TASKS)[0]!)
  await engine.whenIdle()
  const dataSourceId = workspace.addDataSource(TASKS, 'Archive')
  const id = workspace.createPage(TASKS, { title: 'In the archive', dataSourceId })
  await send('page.created', id, { parent: { id: dataSourceId, data_source_id: dataSourceId } })
  await engine.whenIdle()
  expect(recordsIn(cacheFolder).get(id)).toMatchObject({ Name: 'In the archive' })
})

test('a page whose event names no place is judged by its own parent', async () => {
  const { workspace, send, engine, cacheFolder } = await startRunningEngine({
    settings: () => ({ webhook: { databases: [TASKS] } }),
  })
  const id = workspace.pageIds(TASKS)[0]!
  const stranger = workspace.pageIds(PEOPLE)[0]!
  for (const page of [id, stranger]) {
    expect((await send('page.created', page, { parent: { id: workspace.homePageId } })).body).toMatchObject({
      status: 'queued',
    })
  }
  await engine.whenIdle()
  expect([...pagesIn(cacheFolder).keys()]).toEqual([id])
})

test('an event of another workspace is ignored once Notion has said which one is ours', async () => {
  const { workspace, send, engine, cacheFolder } = await startRunningEngine()
  const [first, second] = workspace.pageIds(TASKS)
  await until('the workspace is known', () => engine.status().workspaceName === workspace.name)
  expect((await send('page.created', first!, { workspaceId: PEOPLE })).body).toMatchObject({
    status: 'ignored',
    reason: 'event of another workspace',
  })
  const undashed = workspace.id.replaceAll('-', '')
  expect((await send('page.created', second!, { workspaceId: undashed })).body).toMatchObject({ status: 'queued' })
  await engine.whenIdle()
  expect([...pagesIn(cacheFolder).keys()]).toEqual([second])
})
