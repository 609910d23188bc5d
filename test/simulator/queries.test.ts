import { Client, collectPaginatedAPI, isFullPage, iterateAllDataSourceRows, LogLevel } from '@notionhq/client'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { type Simulator, startSimulator } from '../../electron/simulator/server.ts'

const TASKS = 'Actionable Tasks'

let simulator: Simulator
let notion: Client

const clientOf = ({ url }: Simulator) =>
  new Client({ auth: 'ntn_test', baseUrl: url, notionVersion: '2026-03-11', retry: false, logLevel: LogLevel.ERROR })

beforeAll(async () => {
  simulator = await startSimulator({ seed: 22, pagesPerDatabase: 230, requestsPerMinute: null })
  notion = clientOf(simulator)
})

afterAll(async () => {
  await simulator.stop()
})

const databaseTitled = (title: string) => {
  const database = simulator.workspace.databases.find((candidate) => candidate.title === title)
  if (database === undefined) throw new Error(`no database ${title}`)
  return database
}

describe('queries, through the SDK', () => {
  test('give every row once, in portions of at most 100, and the same order again', async () => {
    const args = { data_source_id: databaseTitled(TASKS).dataSourceId }
    const [first, second] = [
      await collectPaginatedAPI(notion.dataSources.query, args),
      await collectPaginatedAPI(notion.dataSources.query, { ...args, page_size: 33 }),
    ]
    expect(first.map(({ id }) => id)).toEqual(simulator.workspace.pageIds(TASKS))
    expect(second.map(({ id }) => id)).toEqual(first.map(({ id }) => id))
    expect((await notion.dataSources.query(args)).results).toHaveLength(100)
  })

  test('list pages that moved in among the others by creation time, also across portions', async () => {
    const { workspace } = simulator
    const moved = workspace.pageIds('People & Contacts').slice(100, 103)
    for (const id of moved) workspace.movePage(id, TASKS)
    const rows = await collectPaginatedAPI(notion.dataSources.query, {
      data_source_id: databaseTitled(TASKS).dataSourceId,
      page_size: 1,
    })
    expect(rows.map(({ id }) => id)).toEqual(workspace.pageIds(TASKS))
    expect(rows).toHaveLength(233)
    const times = rows.map((row) => (isFullPage(row) ? row.created_time : ''))
    expect(times).toEqual(times.toSorted())
    const places = moved.map((id) => rows.findIndex((row) => row.id === id))
    expect(places.every((place) => place > 50 && place < 150)).toBe(true)
  })

  test('find what was edited since a time, and leave the trash out', async () => {
    const since = new Date(Math.floor(simulator.workspace.now() / 60_000) * 60_000).toISOString()
    const [edited = '', trashed = ''] = simulator.workspace.pageIds(TASKS).slice(40)
    simulator.workspace.editPage(edited, { title: 'Edited just now' })
    const created = simulator.workspace.createPage(TASKS, { title: 'Created just now' })
    simulator.workspace.trashPage(trashed)
    const query = (more: object) =>
      notion.dataSources.query({
        data_source_id: databaseTitled(TASKS).dataSourceId,
        filter: { timestamp: 'last_edited_time', last_edited_time: { on_or_after: since } },
        ...more,
      })
    const found = (await query({})).results.map(({ id }) => id)
    expect(found).toEqual(expect.arrayContaining([edited, created]))
    expect(found.length).toBeLessThan(10)
    expect(found).not.toContain(trashed)
    expect((await query({ in_trash: true })).results.map(({ id }) => id)).toEqual([trashed])
  })

  test('say that a trashed database is in the trash, and list no rows of it', async () => {
    const { id, dataSourceId } = simulator.workspace.addDatabase('Short-lived')
    simulator.workspace.createPage('Short-lived', { title: 'A row' })
    expect((await notion.dataSources.query({ data_source_id: dataSourceId })).results).toHaveLength(1)
    simulator.workspace.trashDatabase('Short-lived')
    expect(await notion.databases.retrieve({ database_id: id })).toMatchObject({ in_trash: true })
    expect(await notion.dataSources.retrieve({ data_source_id: dataSourceId })).toMatchObject({ in_trash: true })
    expect((await notion.dataSources.query({ data_source_id: dataSourceId })).results).toEqual([])
    await expect(notion.dataSources.query({ data_source_id: id })).rejects.toMatchObject({ status: 404 })
  })

  test('show the new schema after a property was added and the database renamed', async () => {
    const { id, dataSourceId } = simulator.workspace.addDatabase('Ledger')
    simulator.workspace.addProperty('Ledger', 'Amount', 'number')
    simulator.workspace.renameDatabase('Ledger', 'Ledger 2026')
    expect(await notion.databases.retrieve({ database_id: id })).toMatchObject({
      title: [{ plain_text: 'Ledger 2026' }],
      data_sources: [{ id: dataSourceId, name: 'Ledger 2026' }],
    })
    expect(await notion.dataSources.retrieve({ data_source_id: dataSourceId })).toMatchObject({
      properties: { Amount: { type: 'number', number: { format: 'number' } } },
    })
  })

  test('end at 10,000 rows and say so, and the windows of the SDK get behind that limit', async () => {
    const large = await startSimulator({ seed: 2, pagesPerDatabase: 10_150, requestsPerMinute: null })
    try {
      const client = clientOf(large)
      const args = { data_source_id: large.workspace.databases[0]?.dataSourceId ?? '', filter_properties: ['title'] }
      let last = await client.dataSources.query(args)
      let rows = last.results.length
      while (last.next_cursor !== null) {
        last = await client.dataSources.query({ ...args, start_cursor: last.next_cursor })
        rows += last.results.length
      }
      expect(rows).toBe(10_000)
      expect(last).toMatchObject({
        has_more: false,
        request_status: { type: 'incomplete', incomplete_reason: 'query_result_limit_reached' },
      })
      const all = new Set<string>()
      for await (const row of iterateAllDataSourceRows(client, args)) all.add(row.id)
      expect(all.size).toBe(10_150)
    } finally {
      await large.stop()
    }
  }, 60_000)
})
