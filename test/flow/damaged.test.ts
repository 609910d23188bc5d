import { existsSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { pageIn, pagesIn, recordsIn, trashIn } from '../support/cache-contents.ts'
import { damage } from '../support/damaged-files.ts'
import { filesBelow } from '../support/folder-files.ts'
import { type RunningEngine, startRunningEngine } from '../support/running-engine.ts'

const TASKS = 'Actionable Tasks'
const TASKS_FILE = 'actionable_tasks.json'

/** Three pages have their files; the engine has stopped. */
const stoppedWithFiles = async (
  options: Parameters<typeof startRunningEngine>[0] = {},
): Promise<{ running: RunningEngine; ids: readonly string[]; text: string }> => {
  const running = await startRunningEngine(options)
  const ids = running.workspace.pageIds(TASKS).slice(0, 4)
  for (const id of ids.slice(0, 3)) await running.send('page.created', id)
  await running.engine.whenIdle()
  await running.engine.stop()
  return { running, ids, text: readFileSync(join(running.cacheFolder, TASKS_FILE), 'utf8') }
}

const sendAll = async (running: RunningEngine, ids: readonly string[]): Promise<void> => {
  for (const id of ids) await running.send('page.properties_updated', id)
  await running.engine.whenIdle()
}

const DATABASE_IN_TRASH = /^actionable_tasks \(of \d{4}-\d\d-\d\dT[\d.-]+Z\)\.json$/

test('a damaged database is set aside and told, a new one is begun, and a catch-up is due, also after a restart', async () => {
  const { running } = await stoppedWithFiles()
  const { dataFolder, logged } = running
  damage(join(dataFolder, 'blackcore.db'), 'a page in the middle')
  await running.restart()
  const aside = filesBelow(dataFolder).filter((name) => /^blackcore\.db\.damaged-[\dT.-]+Z$/.test(name))
  expect(aside).toHaveLength(1)
  expect(existsSync(join(dataFolder, 'blackcore.db'))).toBe(true)
  expect(logged()).toContain(join(dataFolder, aside[0]!))
  for (let start = 0; start < 2; start += 1) {
    expect(running.engine.status().isCatchUpDue).toBe(true)
    expect(running.engine.status().problems).toMatchObject([
      { code: 'queue-lost', severity: 'failure', message: expect.stringContaining(join(dataFolder, aside[0]!)) },
      { code: 'catch-up-due', severity: 'notice' },
    ])
    expect(running.engine.status().state).toBe('degraded')
    await running.restart()
  }
  await running.engine.stop()
  rmSync(join(dataFolder, aside[0]!))
  await running.restart()
  expect(running.engine.status()).toMatchObject({ state: 'healthy', isCatchUpDue: true })
})

test('a start that breaks off after it set a damaged database aside, or found another folder, is made up for by the next', async () => {
  let commitsLeft = Number.POSITIVE_INFINITY
  const beforeCommit = (): void => {
    commitsLeft -= 1
    if (commitsLeft < 0) throw Object.assign(new Error('database or disk is full'), { code: 'ERR_SQLITE_ERROR' })
  }
  const { running, ids } = await stoppedWithFiles({ seams: () => ({ beforeCommit }) })
  const { dataFolder, cacheFolder } = running
  /** After the folder was noted, before what follows from it is. */
  const brokenOff = async (changes: Parameters<RunningEngine['restart']>[0]): Promise<void> => {
    commitsLeft = 1
    await expect(running.restart(changes)).rejects.toThrow('disk is full')
    commitsLeft = Number.POSITIVE_INFINITY
  }

  damage(join(dataFolder, 'blackcore.db'), 'a page in the middle')
  await brokenOff({})
  await running.restart()
  expect(running.engine.status().problems.map(({ code }) => code)).toEqual(['queue-lost', 'catch-up-due'])
  await sendAll(running, ids.slice(0, 3))
  await running.engine.stop()

  const other = { cache: { folder: `${cacheFolder}-elsewhere` } }
  await brokenOff(other)
  await running.restart(other)
  await running.engine.whenIdle()
  expect(pagesIn(other.cache.folder).size).toBe(3)
})

test.each<readonly [string, (dataFolder: string) => void]>([
  [
    'its database was damaged',
    (dataFolder) => {
      damage(join(dataFolder, 'blackcore.db'), 'a page in the middle')
    },
  ],
  [
    'its data folder is gone',
    (dataFolder) => {
      rmSync(dataFolder, { recursive: true })
    },
  ],
])('after %s the engine writes the folder on: what stood in the way lies in the trash', async (_what, lose) => {
  const { running, ids, text } = await stoppedWithFiles()
  const { workspace, cacheFolder, dataFolder } = running
  lose(dataFolder)
  workspace.editPage(ids[0]!, { properties: { Status: 'Done' } })
  workspace.editPage(ids[1]!, { title: 'Renamed meanwhile' })
  await running.restart()
  expect(running.engine.status().isCatchUpDue).toBe(true)
  await sendAll(running, ids)

  // pagesIn throws where a page has two files.
  expect([...pagesIn(cacheFolder).keys()].toSorted()).toEqual(ids.toSorted())
  expect(pageIn(cacheFolder, ids[1]!).path).toContain('Renamed meanwhile')
  expect([...recordsIn(cacheFolder).keys()].toSorted()).toEqual(ids.toSorted())
  expect(recordsIn(cacheFolder).get(ids[0]!)).toMatchObject({ Status: 'Done' })
  expect(running.engine.status()).toMatchObject({ jobs: { failed: 0 }, metrics: { events_failed: 0 } })
  expect(
    running.engine
      .status()
      .problems.map(({ code }) => code)
      .filter((code) => code !== 'queue-lost'),
  ).toEqual(['catch-up-due'])
  const [moved, ...others] = trashIn(cacheFolder).filter((name) => DATABASE_IN_TRASH.test(name))
  expect(others).toEqual([])
  expect(readFileSync(join(cacheFolder, '.trash', moved!), 'utf8')).toBe(text)
  expect(running.logged()).toContain(join(cacheFolder, '.trash', moved!))
})

test('a file that a person puts there once the new index was begun is a stranger’s, and stays', async () => {
  const { running, ids } = await stoppedWithFiles()
  const { cacheFolder, dataFolder } = running
  damage(join(dataFolder, 'blackcore.db'), 'a page in the middle')
  await running.restart()
  const path = join(cacheFolder, TASKS_FILE)
  rmSync(path)
  writeFileSync(path, '{"mine": []}')
  await sendAll(running, ids)
  expect(readFileSync(path, 'utf8')).toBe('{"mine": []}')
  expect(running.engine.status().problems).toContainEqual(expect.objectContaining({ code: 'foreign-file' }))
})
