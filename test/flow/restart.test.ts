import { expect, test } from 'vitest'
import { eventFor } from '../../electron/simulator/deliveries.ts'
import { pageIn, pagesIn, recordsIn } from '../support/cache-contents.ts'
import { startRunningEngine } from '../support/running-engine.ts'
import { until } from '../support/until.ts'

const TASKS = 'Actionable Tasks'

test('an event id is known again after a restart, for queued and ignored events alike', async () => {
  const running = await startRunningEngine()
  const { workspace, sendBody, restart } = running
  const events = [
    eventFor(workspace, 'page.created', workspace.pageIds(TASKS)[0]!),
    eventFor(workspace, 'comment.created', workspace.pageIds(TASKS)[0]!),
  ]
  expect((await sendBody(events[0]!)).body).toMatchObject({ status: 'queued' })
  expect((await sendBody(events[1]!)).body).toMatchObject({ status: 'ignored' })
  await running.engine.whenIdle()
  await restart()
  for (const event of events) {
    expect(await sendBody(event)).toMatchObject({ status: 200, body: { status: 'duplicate' } })
  }
  await running.engine.whenIdle()
  expect(running.engine.status().metrics).toMatchObject({
    events_received: 2,
    events_duplicate: 2,
    events_processed: 0,
  })
})

test('stopping ends what is active and leaves what waits to the next start', async () => {
  const running = await startRunningEngine({
    settings: () => ({ webhook: { processing: { workers: 1 }, debouncing: { page_updates: 0 } } }),
  })
  const { workspace, simulator, send, cacheFolder, restart } = running
  const ids = workspace.pageIds(TASKS).slice(0, 5)
  const isActive = Promise.withResolvers<undefined>()
  const release = Promise.withResolvers<undefined>()
  simulator.beforeAnswer(async (path) => {
    if (path !== `/v1/pages/${ids[0]!}`) return
    isActive.resolve(undefined)
    await release.promise
  })
  for (const id of ids) await send('page.created', id)
  await isActive.promise
  const stopped = running.engine.stop()
  release.resolve(undefined)
  await stopped
  expect([...pagesIn(cacheFolder).keys()]).toEqual([ids[0]])
  expect([...recordsIn(cacheFolder).keys()]).toEqual([ids[0]])
  await restart()
  expect(running.engine.status().metrics).toMatchObject({ events_received: 0 })
  expect(running.engine.status().lastEventAt).not.toBeNull()
  await running.engine.whenIdle()
  expect([...pagesIn(cacheFolder).keys()].toSorted()).toEqual(ids.toSorted())
  expect(pageIn(cacheFolder, ids[0]!).sync.revision).toBe(1)
})

test('the revision of a page goes on rising after a restart, and unchanged pages stay as they are', async () => {
  const running = await startRunningEngine()
  const { workspace, send, cacheFolder, restart } = running
  const [edited, untouched] = workspace.pageIds(TASKS)
  for (const id of [edited!, untouched!]) await send('page.created', id)
  await running.engine.whenIdle()
  await restart()
  workspace.editPage(edited!, { properties: { Status: 'Done' } })
  for (const id of [edited!, untouched!]) await send('page.properties_updated', id)
  await running.engine.whenIdle()
  expect([edited!, untouched!].map((id) => pageIn(cacheFolder, id).sync.revision)).toEqual([2, 1])
  expect(recordsIn(cacheFolder).size).toBe(2)
})

test('stopping writes the database files that are still due', async () => {
  const { workspace, send, engine, cacheFolder } = await startRunningEngine()
  const ids = workspace.pageIds(TASKS).slice(0, 5)
  await send('page.created', ids[0]!)
  await engine.whenIdle()
  for (const id of ids.slice(1)) await send('page.created', id)
  await until('every page has its file', () => pagesIn(cacheFolder).size === ids.length)
  await engine.stop()
  expect([...recordsIn(cacheFolder).keys()].toSorted()).toEqual(ids.toSorted())
})
