import {
  Client,
  collectPaginatedAPI,
  type GetPagePropertyResponse,
  isFullDatabase,
  isFullDataSource,
  isFullPage,
  LogLevel,
} from '@notionhq/client'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { type Simulator, startSimulator } from '../../electron/simulator/server.ts'

const TASKS = 'Actionable Tasks'
const TRANSCRIPTS = 'Intelligence & Transcripts'

let simulator: Simulator
let notion: Client

const clientOf = ({ url }: Simulator) =>
  new Client({ auth: 'ntn_test', baseUrl: url, notionVersion: '2026-03-11', retry: false, logLevel: LogLevel.ERROR })

beforeAll(async () => {
  simulator = await startSimulator({ seed: 21, pagesPerDatabase: 230, requestsPerMinute: null })
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

const retrieve = async (id: string) => {
  const page = await notion.pages.retrieve({ page_id: id })
  if (!isFullPage(page)) throw new Error('not a full page')
  return page
}

type Property = { id: string; type: string; has_more?: boolean } & Record<string, unknown>
const completeProperties = (id: string) =>
  (simulator.workspace.page(id) as { properties: Record<string, Property> } | undefined)?.properties ?? {}

/** Of all pages of a database: the first with a list of this type that is longer than `length`. */
const longest = (title: string, type: string, length: number) => {
  for (const id of simulator.workspace.pageIds(title)) {
    for (const [name, property] of Object.entries(completeProperties(id))) {
      const value = property[type]
      if (property.type === type && Array.isArray(value) && value.length > length) return { id, name, property, value }
    }
  }
  throw new Error(`no ${type} longer than ${length}`)
}

const withoutSignatures = (value: unknown): unknown =>
  JSON.parse(JSON.stringify(value).replaceAll(/\?X-Amz[^"]*|,"expiry_time":"[^"]*"/g, ''))

describe('the connection and its databases, through the SDK', () => {
  test('the bot names its workspace', async () => {
    const { id, name } = simulator.workspace
    expect(await notion.users.me({})).toMatchObject({
      id: simulator.workspace.botId,
      type: 'bot',
      bot: { workspace_id: id, workspace_name: name },
    })
  })

  test('search finds the data sources, all or by a part of the title', async () => {
    const filter = { property: 'object', value: 'data_source' } as const
    const all = await notion.search({ filter })
    expect(all.results.map(({ id }) => id)).toEqual(simulator.workspace.databases.map((entry) => entry.dataSourceId))
    expect(all.results.every(isFullDataSource)).toBe(true)
    const found = await notion.search({ filter, query: 'transcripts' })
    expect(found.results.map(({ id }) => id)).toEqual([databaseTitled(TRANSCRIPTS).dataSourceId])
  })

  test('search goes through pages too, in portions without gaps or repeats', async () => {
    const found = await collectPaginatedAPI(notion.search, { query: 'harbour lease', page_size: 7 })
    const expected = simulator.workspace.databases.flatMap(({ title }) =>
      simulator.workspace.pageIds(title).filter((id) => /harbour lease/i.test(simulator.workspace.titleOf(id) ?? '')),
    )
    expect(expected.length).toBeGreaterThan(7)
    expect(found.map(({ id }) => id)).toEqual(expected)
  })

  test('a database names its data sources, and a data source its schema with the targets of relations', async () => {
    const entry = databaseTitled(TASKS)
    const database = await notion.databases.retrieve({ database_id: entry.id })
    if (!isFullDatabase(database)) throw new Error('not a full database')
    expect(database.data_sources).toEqual([{ id: entry.dataSourceId, name: TASKS }])
    expect([database.title.map((item) => item.plain_text).join(''), database.in_trash]).toEqual([TASKS, false])
    const source = await notion.dataSources.retrieve({ data_source_id: entry.dataSourceId })
    if (!isFullDataSource(source)) throw new Error('not a full data source')
    expect(source.parent).toEqual({ type: 'database_id', database_id: entry.id })
    expect(source.properties['Task']).toMatchObject({ id: 'title', type: 'title' })
    expect(source.properties['Contacts']).toMatchObject({
      relation: { data_source_id: databaseTitled('People & Contacts').dataSourceId },
    })
    expect(source.properties['Contact emails']).toMatchObject({
      rollup: { relation_property_name: 'Contacts', rollup_property_name: 'Email', function: 'show_original' },
    })
    const [page] = simulator.workspace.pageIds(TASKS)
    const ids = Object.entries(completeProperties(page ?? '')).map(([name, property]) => [name, property.id])
    expect(Object.entries(source.properties).map(([name, property]) => [name, property.id])).toEqual(ids)
  })
})

describe('pages, through the SDK', () => {
  test('are what the workspace holds, with the parent of rows in data sources, also when asked for without dashes', async () => {
    const entry = databaseTitled(TASKS)
    const id = simulator.workspace.pageIds(TASKS)[1] ?? ''
    const page = await retrieve(id.replaceAll('-', ''))
    expect(page.parent).toEqual({ type: 'data_source_id', data_source_id: entry.dataSourceId, database_id: entry.id })
    const { request_id: requestId, ...rest } = page as typeof page & { request_id: string }
    expect(requestId).toMatch(/^[0-9a-f-]{36}$/)
    expect(withoutSignatures(rest)).toEqual(withoutSignatures(simulator.workspace.page(id)))
  })

  test('cut relations at 25 and say so; the property has them all, in portions of at most 100', async () => {
    const { id, name, property, value } = longest(TASKS, 'relation', 100)
    const page = await retrieve(id)
    expect(page.properties[name]).toMatchObject({ has_more: true, relation: value.slice(0, 25) })
    const first = await notion.pages.properties.retrieve({ page_id: id, property_id: property.id })
    if (first.object !== 'list') throw new Error('not a list')
    expect([first.results.length, first.has_more, first.property_item.type]).toEqual([100, true, 'relation'])
    expect(first.property_item.next_url).toContain(`start_cursor=${first.next_cursor ?? ''}`)
    const rest = await notion.pages.properties.retrieve({
      page_id: id,
      property_id: property.id,
      ...(first.next_cursor === null ? {} : { start_cursor: first.next_cursor }),
    })
    if (rest.object !== 'list') throw new Error('not a list')
    expect(rest.has_more).toBe(false)
    const items = [...first.results, ...rest.results]
    expect(items.map((item) => (item.type === 'relation' ? item.relation : null))).toEqual(value)
  })

  test('cut people at 25 without saying so; the property has them all', async () => {
    const { id, name, property, value } = longest(TASKS, 'people', 25)
    const page = await retrieve(id)
    const shown = page.properties[name]
    expect(shown).toEqual({ id: property.id, type: 'people', people: value.slice(0, 25) })
    const all: unknown[] = []
    let cursor: string | null = null
    do {
      const answer: GetPagePropertyResponse = await notion.pages.properties.retrieve({
        page_id: id,
        property_id: property.id,
        page_size: 10,
        ...(cursor === null ? {} : { start_cursor: cursor }),
      })
      if (answer.object !== 'list') throw new Error('not a list')
      expect(answer.results.length).toBeLessThanOrEqual(10)
      all.push(...answer.results.map((item) => (item.type === 'people' ? item.people : null)))
      cursor = answer.next_cursor
    } while (cursor !== null)
    expect(all).toEqual(value)
  })

  test('cut the mentions in texts and titles at 25', async () => {
    for (const type of ['rich_text', 'title'] as const) {
      const { id, name, value } = longest(TRANSCRIPTS, type, 55)
      const page = await retrieve(id)
      const shown = (page.properties[name] as Property | undefined)?.[type] as { type: string }[]
      expect(shown).toEqual(value.slice(0, shown.length))
      expect(shown.filter((item) => item.type === 'mention')).toHaveLength(25)
      const all = await notion.pages.properties.retrieve({
        page_id: id,
        property_id: completeProperties(id)[name]?.id ?? '',
      })
      expect(all.object === 'list' && all.results.length).toBe(Math.min(100, value.length))
    }
  })

  test('give every property at its own address, by an id that is URL-encoded', async () => {
    for (const title of simulator.workspace.databases.map((database) => database.title)) {
      const id = simulator.workspace.pageIds(title)[2] ?? ''
      for (const property of Object.values(completeProperties(id))) {
        const item = await notion.pages.properties.retrieve({ page_id: id, property_id: property.id })
        if (item.object === 'list') {
          expect(item.property_item).toMatchObject({ id: property.id, type: property.type })
        } else {
          expect(withoutSignatures(item)).toMatchObject({
            id: property.id,
            type: property.type,
            [property.type]: withoutSignatures(property[property.type]),
          })
        }
      }
    }
    const keys = Object.values(completeProperties(simulator.workspace.pageIds(TASKS)[0] ?? '')).map(({ id }) => id)
    expect(keys.filter((key) => key.includes('%')).length).toBeGreaterThan(5)
  })

  test('show the address of a hosted file signed anew at every fetch, with the same path', async () => {
    const { id, name } = longest(TRANSCRIPTS, 'files', 1)
    const address = async () => {
      const property = (await retrieve(id)).properties[name]
      const file = property?.type === 'files' ? property.files[0] : undefined
      if (file?.type !== 'file') throw new Error('no hosted file')
      return file.file.url
    }
    const [one, two] = [await address(), await address()]
    expect(one).not.toBe(two)
    expect(one.split('?')[0]).toBe(two.split('?')[0])
  })

  test('have a text, and answer from the trash, and not at all once they are deleted', async () => {
    const id = simulator.workspace.createPage(TRANSCRIPTS, { title: 'Call about the tide tables' })
    const text = await notion.pages.retrieveMarkdown({ page_id: id })
    expect(text).toMatchObject({ object: 'page_markdown', id, truncated: false, unknown_block_ids: [] })
    expect(text.markdown).toContain('## Transcript\n**')
    simulator.workspace.trashPage(id)
    expect((await retrieve(id)).in_trash).toBe(true)
    simulator.workspace.deletePageForever(id)
    await expect(retrieve(id)).rejects.toMatchObject({ status: 404, code: 'object_not_found' })
  })

  test('give only the properties that were asked for', async () => {
    const id = simulator.workspace.pageIds(TASKS)[0] ?? ''
    const due = completeProperties(id)['Due']?.id ?? ''
    const page = await notion.pages.retrieve({ page_id: id, filter_properties: [due] })
    expect(isFullPage(page) && Object.keys(page.properties)).toEqual(['Due'])
  })
})
