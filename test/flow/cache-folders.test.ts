import { existsSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { databaseFilesIn, pageIn, pagesIn, recordsIn, trashIn } from '../support/cache-contents.ts'
import { damage } from '../support/damaged-files.ts'
import { startRunningEngine } from '../support/running-engine.ts'

const TASKS = 'Actionable Tasks'
const TASKS_FILE = 'actionable_tasks.json'

test('a return to a cache folder of before leaves one file of each page there, and each shows the newest state', async () => {
  const running = await startRunningEngine()
  const { workspace, cacheFolder, send, restart } = running
  const ids = workspace.pageIds(TASKS).slice(0, 4)
  const [renamed, edited, deleted] = ids
  for (const id of ids) await send('page.created', id)
  await running.engine.whenIdle()
  const text = readFileSync(join(cacheFolder, TASKS_FILE), 'utf8')

  await restart({ cache: { folder: `${cacheFolder}-elsewhere` } })
  await running.engine.whenIdle()
  workspace.editPage(renamed!, { title: 'Renamed meanwhile' })
  workspace.editPage(edited!, { properties: { Status: 'Done' } })
  workspace.trashPage(deleted!)
  for (const id of [renamed!, edited!]) await send('page.properties_updated', id)
  await send('page.deleted', deleted!)
  await running.engine.whenIdle()

  await restart({})
  await running.engine.whenIdle()
  const held = ids.filter((id) => id !== deleted).toSorted()
  // pagesIn throws where a page has two files.
  expect([...pagesIn(cacheFolder).keys()].toSorted()).toEqual(held)
  expect(pageIn(cacheFolder, renamed!).path).toContain('Renamed meanwhile')
  expect(pageIn(cacheFolder, edited!).sync.revision).toBe(2)
  expect([...recordsIn(cacheFolder).keys()].toSorted()).toEqual(held)
  expect(recordsIn(cacheFolder).get(edited!)).toMatchObject({ Status: 'Done' })
  expect(databaseFilesIn(cacheFolder)).toEqual([TASKS_FILE])
  expect(running.engine.status().problems).toEqual([])
  const moved = trashIn(cacheFolder).filter((name) => name.startsWith('actionable_tasks (of '))
  expect(moved.map((name) => readFileSync(join(cacheFolder, '.trash', name), 'utf8'))).toEqual([text])

  await restart({})
  await running.engine.whenIdle()
  expect([...pagesIn(cacheFolder).keys()].toSorted()).toEqual(held)
})

test('a database file that a person changed in a cache folder of before stays at the return, and is told', async () => {
  const running = await startRunningEngine()
  const { workspace, cacheFolder, restart } = running
  await running.send('page.created', workspace.pageIds(TASKS)[0]!)
  await running.engine.whenIdle()
  await restart({ cache: { folder: `${cacheFolder}-elsewhere` } })
  writeFileSync(join(cacheFolder, TASKS_FILE), '{"mine": []}')
  await restart({})
  await running.engine.whenIdle()
  expect(readFileSync(join(cacheFolder, TASKS_FILE), 'utf8')).toBe('{"mine": []}')
  expect(running.engine.status().problems).toMatchObject([{ code: 'foreign-file' }])
})

test('a cache folder that was moved away and back whole stays as it is, a person’s own files with it', async () => {
  const running = await startRunningEngine()
  const { workspace, simulator, cacheFolder, restart } = running
  const ids = workspace.pageIds(TASKS).slice(0, 3)
  for (const id of ids) await running.send('page.created', id)
  await running.engine.whenIdle()
  const own = join(cacheFolder, 'pages', 'my own notes.txt')
  writeFileSync(own, 'mine')
  const elsewhere = `${cacheFolder}-elsewhere`

  simulator.failNext({ match: /^\/v1\/pages\//, times: null, status: 500 })
  await running.engine.stop()
  renameSync(cacheFolder, elsewhere)
  await restart({ cache: { folder: elsewhere } })
  await running.engine.stop()
  renameSync(elsewhere, cacheFolder)
  await restart({})
  expect(readFileSync(own, 'utf8')).toBe('mine')
  rmSync(own)
  expect([...pagesIn(cacheFolder).keys()].toSorted()).toEqual(ids.toSorted())
  simulator.clearFaults()
})

test('a loss that a start found which was broken off is told, though the next start is given another cache folder', async () => {
  let commitsLeft = Number.POSITIVE_INFINITY
  const beforeCommit = (): void => {
    commitsLeft -= 1
    if (commitsLeft < 0) throw Object.assign(new Error('database or disk is full'), { code: 'ERR_SQLITE_ERROR' })
  }
  const running = await startRunningEngine({ seams: () => ({ beforeCommit }) })
  const { cacheFolder, dataFolder } = running
  await running.send('page.created', running.workspace.pageIds(TASKS)[0]!)
  await running.engine.whenIdle()
  await running.engine.stop()
  damage(join(dataFolder, 'blackcore.db'), 'a page in the middle')
  commitsLeft = 1
  await expect(running.restart({})).rejects.toThrow('disk is full')
  commitsLeft = Number.POSITIVE_INFINITY
  await running.restart({ cache: { folder: `${cacheFolder}-elsewhere` } })
  expect(running.engine.status().problems.map(({ code }) => code)).toEqual(['queue-lost', 'catch-up-due'])
  expect(existsSync(join(cacheFolder, TASKS_FILE))).toBe(true)
})
