import { expect, test } from 'vitest'
import { eventFor, signBody } from '../../electron/simulator/deliveries.ts'
import { pagesIn, recordsIn } from '../support/cache-contents.ts'
import { startRunningEngine } from '../support/running-engine.ts'
import { madeToken } from '../support/settings-file.ts'
import { until } from '../support/until.ts'

const TASKS = 'Actionable Tasks'

test('a full queue answers 503 with Retry-After and notes a catch-up; all that it accepted becomes files', async () => {
  const { workspace, simulator, send, sendBody, engine, secret, cacheFolder } = await startRunningEngine({
    settings: () => ({ webhook: { processing: { queue_size: 3 }, debouncing: { page_updates: 0 } } }),
  })
  const release = Promise.withResolvers<undefined>()
  simulator.beforeAnswer(async (path) => {
    if (path.startsWith('/v1/pages/')) await release.promise
  })
  const ids = workspace.pageIds(TASKS).slice(0, 5)
  const events = ids.map((id) => eventFor(workspace, 'page.created', id))
  for (const event of events.slice(0, 3)) expect((await sendBody(event)).status).toBe(200)
  const body = JSON.stringify(events[3])
  const refused = await fetch(engine.webhookUrl, {
    method: 'POST',
    headers: { 'content-type': 'application/json', 'x-notion-signature': signBody(body, secret) },
    body,
  })
  expect(refused.status).toBe(503)
  expect(Number(refused.headers.get('retry-after'))).toBeGreaterThan(0)
  expect(await refused.json()).toEqual({
    status: 'unavailable',
    event_id: (events[3] as { id: string }).id,
    reason: 'the queue is full',
  })
  expect((await sendBody(events[4]!)).status).toBe(503)
  expect(await sendBody(events[0]!)).toMatchObject({ status: 200, body: { status: 'duplicate' } })
  expect(await send('comment.created', ids[0]!)).toMatchObject({ status: 200, body: { status: 'ignored' } })
  expect(engine.status().isCatchUpDue).toBe(true)
  expect(engine.status().problems).toContainEqual(expect.objectContaining({ code: 'catch-up-due', severity: 'notice' }))
  release.resolve(undefined)
  await engine.whenIdle()
  expect([...pagesIn(cacheFolder).keys()].toSorted()).toEqual(ids.slice(0, 3).toSorted())
  // What was turned away is no duplicate when Notion sends it again.
  for (const event of events.slice(3)) expect((await sendBody(event)).body).toMatchObject({ status: 'queued' })
  await engine.whenIdle()
  expect(recordsIn(cacheFolder).size).toBe(5)
})

test('an event of a page that waits already finds room in a full queue', async () => {
  const { workspace, send } = await startRunningEngine({
    settings: () => ({ webhook: { processing: { queue_size: 1 }, debouncing: { page_updates: '10m' } } }),
  })
  const [first, second] = workspace.pageIds(TASKS)
  expect((await send('page.created', first!)).status).toBe(200)
  expect((await send('page.created', second!)).status).toBe(503)
  expect((await send('page.properties_updated', first!)).body).toMatchObject({ status: 'queued' })
})

test('while Notion asks to wait the state is degraded; nothing fails of it, and everything is done afterwards', async () => {
  const { workspace, simulator, send, engine, cacheFolder } = await startRunningEngine()
  const ids = workspace.pageIds(TASKS).slice(0, 6)
  simulator.failNext({ match: /^\/v1\/pages\//, times: 3, status: 429, headers: { 'retry-after': '1' } })
  for (const id of ids) await send('page.created', id)
  await until('the state is degraded', () => engine.status().state === 'degraded')
  expect(engine.status().problems).toContainEqual({
    code: 'rate-limited',
    severity: 'failure',
    message: expect.stringMatching(/^Notion asks to wait until .*Z\.$/),
  })
  await engine.whenIdle()
  expect(recordsIn(cacheFolder).size).toBe(ids.length)
  expect(engine.status()).toMatchObject({ state: 'healthy', jobs: { failed: 0 }, metrics: { events_processed: 6 } })
})

test('an overloaded Notion, and one that fails for a moment, delay pages and lose none; without content none is fetched', async () => {
  const { workspace, simulator, send, engine, cacheFolder } = await startRunningEngine({
    settings: () => ({ cache: { content: false } }),
  })
  const ids = workspace.pageIds(TASKS).slice(0, 4)
  simulator.failNext({ match: /^\/v1\/pages\//, times: 1, status: 529, headers: { 'retry-after': '1' } })
  simulator.failNext({ match: /^\/v1\/pages\//, times: 1, status: 503 })
  for (const id of ids) await send('page.created', id)
  await engine.whenIdle()
  expect(pagesIn(cacheFolder).size).toBe(ids.length)
  expect([...pagesIn(cacheFolder).values()].every(({ content }) => content === null)).toBe(true)
})

test('a wrong token is told in plain words and fails what it touches; nothing accepted is forgotten', async () => {
  const { workspace, send, engine, cacheFolder } = await startRunningEngine({ simulator: { token: madeToken() } })
  await until('Notion has refused', () => engine.status().problems.length > 0)
  const words =
    'Notion refuses the integration token. Put the current one where it is kept (notion.token, NOTION_TOKEN or keep-token), then start again and retry.'
  expect(engine.status()).toMatchObject({
    state: 'degraded',
    problems: [{ code: 'unauthorized', severity: 'failure', message: words }],
  })
  const answer = await send('page.created', workspace.pageIds(TASKS)[0]!)
  expect(answer).toMatchObject({ status: 200, body: { status: 'queued' } })
  await engine.whenIdle()
  expect(pagesIn(cacheFolder).size).toBe(0)
  expect(engine.status()).toMatchObject({ jobs: { failed: 1 }, metrics: { events_failed: 1, events_processed: 0 } })
})

test('a Notion that cannot be reached is told while the jobs wait for it, not only when they have failed', async () => {
  const { workspace, send, engine, simulator } = await startRunningEngine()
  await until('Notion was asked', () => engine.status().workspaceName !== null)
  await simulator.stop()
  await send('page.created', workspace.pageIds(TASKS)[0]!)
  const isTold = () => engine.status().problems.some(({ message }) => message.includes('Notion cannot be reached'))
  await until('it is told', isTold)
  expect(engine.status()).toMatchObject({ state: 'degraded', jobs: { failed: 0 } })
})
