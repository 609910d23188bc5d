import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { pagesIn, recordsIn } from '../support/cache-contents.ts'
import { damage } from '../support/damaged-files.ts'
import { filesBelow } from '../support/folder-files.ts'
import { startRunningEngine } from '../support/running-engine.ts'

const TASKS = 'Actionable Tasks'

test('a damaged database is set aside and told; a new one is begun, a catch-up is due, and events become page files again', async () => {
  const running = await startRunningEngine()
  const { workspace, dataFolder, cacheFolder, logged } = running
  const ids = workspace.pageIds(TASKS).slice(0, 4)
  for (const id of ids.slice(0, 3)) await running.send('page.created', id)
  await running.engine.whenIdle()
  await running.engine.stop()
  damage(join(dataFolder, 'blackcore.db'), 'a page in the middle')
  await running.restart()

  const aside = filesBelow(dataFolder).filter((name) => /^blackcore\.db\.damaged-[\dT.-]+Z$/.test(name))
  expect(aside).toHaveLength(1)
  expect(existsSync(join(dataFolder, 'blackcore.db'))).toBe(true)
  expect(logged()).toContain(join(dataFolder, aside[0]!))
  expect(running.engine.status().isCatchUpDue).toBe(true)
  expect(running.engine.status().problems).toContainEqual(
    expect.objectContaining({ code: 'catch-up-due', severity: 'notice' }),
  )

  workspace.editPage(ids[0]!, { properties: { Status: 'Done' } })
  for (const id of ids) await running.send('page.properties_updated', id)
  await running.engine.whenIdle()
  // pagesIn throws where a page has two files.
  expect([...pagesIn(cacheFolder).keys()].toSorted()).toEqual(ids.toSorted())
  expect(running.engine.status()).toMatchObject({ jobs: { failed: 0 }, metrics: { events_failed: 0 } })
  // It knows of fewer records now than the file has: that one is left as it is, and a person told.
  expect([...recordsIn(cacheFolder).keys()].toSorted()).toEqual(ids.slice(0, 3).toSorted())
  expect(running.engine.status().problems).toContainEqual(expect.objectContaining({ code: 'foreign-file' }))
  await running.restart()
  expect(running.engine.status().isCatchUpDue).toBe(true)
})
