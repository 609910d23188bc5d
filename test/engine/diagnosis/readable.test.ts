import { expect, onTestFinished, test } from 'vitest'
import { findWatched } from '../../../electron/engine/diagnosis/readable.ts'
import { startSimulator } from '../../../electron/simulator/server.ts'
import type { NotionId } from '../../../shared/ids.ts'
import { parseNotionId } from '../../../shared/ids.ts'
import { notionAt } from '../../support/notion-at.ts'

const TASKS = 'Actionable Tasks'

const start = async () => {
  const simulator = await startSimulator({ seed: 1, pagesPerDatabase: 2, requestsPerMinute: null })
  onTestFinished(() => simulator.stop())
  const found = simulator.workspace.databases.find(({ title }) => title === TASKS)!
  const kinds = async (entries: readonly string[], known: (entry: string) => readonly NotionId[] = () => []) =>
    (await findWatched(notionAt(simulator.url), entries, known)).map(({ entry, kind }) => [entry, kind])
  return { simulator, kinds, tasks: found }
}

test('titles and ids are found at Notion; what it shows nowhere is told', async () => {
  const { kinds, tasks } = await start()
  const nowhere = '01234567-89ab-4def-8123-456789abcdef'
  const noId = '0123456789abcdef0123456789abcdef'
  expect(await kinds([TASKS, tasks.id, ` ${tasks.id} `, 'No such title', nowhere, noId])).toEqual([
    [TASKS, 'readable'],
    [tasks.id, 'readable'],
    [` ${tasks.id} `, 'readable'],
    ['No such title', 'not shown'],
    [nowhere, 'not shown'],
    [noId, 'not shown'],
  ])
})

test('a database that is shared no longer is not shown, though it was known before', async () => {
  const { simulator, kinds, tasks } = await start()
  const [source] = (
    await notionAt(simulator.url)
      .findDataSources()
      .then((all) => (all.ok ? all.value : []))
  ).filter(({ title }) => title === TASKS)
  const known = (): readonly NotionId[] => [source!.id]
  expect(await kinds([TASKS], known)).toEqual([[TASKS, 'readable']])
  simulator.workspace.withdrawAccess(tasks.id)
  expect(await kinds([TASKS], known)).toEqual([[TASKS, 'not shown']])
  expect(await kinds([TASKS])).toEqual([[TASKS, 'not shown']])
  expect(await kinds([tasks.id])).toEqual([[tasks.id, 'not shown']])
})

test('what is known costs one request an entry, and no search', async () => {
  const { simulator, kinds } = await start()
  const sources = await notionAt(simulator.url).findDataSources()
  const idOf = (entry: string): readonly NotionId[] =>
    sources.ok ? sources.value.filter(({ title }) => title === entry).map(({ id }) => id) : []
  const before = simulator.requests()
  const titles = simulator.workspace.databases.map(({ title }) => title)
  expect(await kinds(titles, idOf)).toEqual(titles.map((title) => [title, 'readable']))
  expect(simulator.requests() - before).toBe(titles.length)
})

test('a refusal is told with Notion’s reason', async () => {
  const { simulator, tasks } = await start()
  simulator.failNext({ match: /^\/v1\//, times: null, status: 403 })
  const [finding] = await findWatched(notionAt(simulator.url), [TASKS], () => [parseNotionId(tasks.id)!])
  expect(finding).toMatchObject({ kind: 'failed', failure: { code: 'restricted_resource' } })
})
