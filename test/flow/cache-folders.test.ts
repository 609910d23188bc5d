import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { damage } from '../support/damaged-files.ts'
import { startRunningEngine } from '../support/running-engine.ts'

const TASKS = 'Actionable Tasks'
const TASKS_FILE = 'actionable_tasks.json'

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
