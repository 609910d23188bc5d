import { Client, collectPaginatedAPI, isFullDataSource, isFullPage, LogLevel } from '@notionhq/client'
import { afterEach, describe, expect, test } from 'vitest'
import { eventFor } from '../../electron/simulator/deliveries.ts'
import { type Simulator, startSimulator } from '../../electron/simulator/server.ts'

const PEOPLE = 'People & Contacts'
const TRANSCRIPTS = 'Intelligence & Transcripts'
const TASKS = 'Actionable Tasks'
const NOT_FOUND = { status: 404, code: 'object_not_found' }
const running: Simulator[] = []

afterEach(async () => {
  await Promise.all(running.splice(0).map((simulator) => simulator.stop()))
})

const start = async (pagesPerDatabase = 12) => {
  const simulator = await startSimulator({ seed: 8, pagesPerDatabase, requestsPerMinute: null })
  running.push(simulator)
  const notion = new Client({
    auth: 'ntn_test',
    baseUrl: simulator.url,
    notionVersion: '2026-03-11',
    retry: false,
    logLevel: LogLevel.ERROR,
  })
  const { workspace } = simulator
  const database = (title: string) => {
    const found = workspace.databases.find((candidate) => candidate.title === title)
    if (found === undefined) throw new Error(`no database ${title}`)
    return found
  }
  const firstOf = (title: string) => workspace.pageIds(title)[0] ?? ''
  const shownValue = async (id: string, name: string) => {
    const page = await notion.pages.retrieve({ page_id: id })
    return isFullPage(page) ? page.properties[name] : undefined
  }
  const idsIn = async (title: string) => {
    const rows = await collectPaginatedAPI(notion.dataSources.query, { data_source_id: database(title).dataSourceId })
    return rows.map(({ id }) => id)
  }
  const found = async (value: 'page' | 'data_source') =>
    (await collectPaginatedAPI(notion.search, { filter: { property: 'object', value } })).map(({ id }) => id)
  return { workspace, notion, database, firstOf, shownValue, idsIn, found }
}

const allNotFound = (answers: readonly Promise<unknown>[]) =>
  Promise.all(answers.map((answer) => expect(answer).rejects.toMatchObject(NOT_FOUND)))

describe('a page that is no longer shared', () => {
  test('is not found, whatever of it is asked for, until it is shared again; the workspace still has it', async () => {
    const { workspace, notion, firstOf } = await start()
    const id = firstOf(TASKS)
    const before = workspace.page(id)
    const asked = () => [
      notion.pages.retrieve({ page_id: id }),
      notion.pages.retrieveMarkdown({ page_id: id }),
      notion.pages.properties.retrieve({ page_id: id, property_id: 'title' }),
    ]
    workspace.withdrawAccess(id)
    await allNotFound(asked())
    expect(workspace.page(id)).toEqual(before)
    expect(workspace.pageIds(TASKS)).toContain(id)
    workspace.editPage(id, { title: 'Edited unseen' })
    workspace.grantAccess(id.replaceAll('-', ''))
    await expect(Promise.all(asked())).resolves.toHaveLength(3)
    expect(workspace.titleOf(id)).toBe('Edited unseen')
  })

  test('is left out of queries and searches, and the others stay where they were', async () => {
    const { workspace, idsIn, found, firstOf } = await start(120)
    const [all, everything] = [await idsIn(TASKS), await found('page')]
    const hidden = [firstOf(TASKS), workspace.pageIds(TASKS)[100] ?? '', workspace.pageIds(PEOPLE)[119] ?? '']
    for (const id of hidden) workspace.withdrawAccess(id)
    const isShown = (id: string) => !hidden.includes(id)
    expect(await idsIn(TASKS)).toEqual(all.filter(isShown))
    expect(await found('page')).toEqual(everything.filter(isShown))
  })

  test('may be the very page that a list was to go on from', async () => {
    const { workspace, notion, database } = await start()
    const args = { data_source_id: database(TASKS).dataSourceId, page_size: 3 }
    const first = await notion.dataSources.query(args)
    const ids = workspace.pageIds(TASKS)
    workspace.withdrawAccess(ids[3] ?? '')
    const second = await notion.dataSources.query({ ...args, start_cursor: first.next_cursor ?? '' })
    expect(second.results.map(({ id }) => id)).toEqual(ids.slice(4, 7))
  })

  test('is left out of relations and of what is rolled up over them, in pages and at the address of the property', async () => {
    const { workspace, notion, firstOf, shownValue } = await start()
    const task = firstOf(TASKS)
    const [one = '', two = ''] = workspace.pageIds(PEOPLE)
    for (const id of [one, two]) workspace.editPage(id, { properties: { Email: `${id}@mail.example.org` } })
    workspace.editPage(task, { properties: { Contacts: [one, two] } })
    workspace.withdrawAccess(one)
    expect(await shownValue(task, 'Contacts')).toMatchObject({ relation: [{ id: two }], has_more: false })
    expect(await shownValue(task, 'Contact emails')).toMatchObject({
      rollup: { array: [{ type: 'email', email: `${two}@mail.example.org` }] },
    })
    const { id: propertyId = '' } = (await shownValue(task, 'Contacts')) ?? {}
    const items = await notion.pages.properties.retrieve({ page_id: task, property_id: propertyId })
    expect(items).toMatchObject({ results: [{ relation: { id: two } }], has_more: false })
    expect(workspace.property(task, propertyId)?.value).toEqual([{ id: one }, { id: two }])
    workspace.grantAccess(one)
    expect(await shownValue(task, 'Contacts')).toMatchObject({ relation: [{ id: one }, { id: two }] })
  })
})

describe('a database that is no longer shared', () => {
  test('is not found, and neither is anything in it; the rest of the workspace is untouched', async () => {
    const { workspace, notion, database, firstOf, idsIn, found } = await start()
    const { id, dataSourceId } = database(TASKS)
    const added = workspace.addDataSource(TASKS, 'Archive')
    const page = workspace.createPage(TASKS, { dataSourceId: added })
    const sources = await found('data_source')
    workspace.withdrawAccess(id)
    await allNotFound([
      notion.databases.retrieve({ database_id: id }),
      notion.dataSources.retrieve({ data_source_id: dataSourceId }),
      notion.dataSources.query({ data_source_id: added }),
      notion.pages.retrieve({ page_id: page }),
      notion.pages.retrieve({ page_id: firstOf(TASKS) }),
    ])
    expect(await found('data_source')).toEqual(sources.filter((source) => source !== dataSourceId && source !== added))
    expect(await found('page')).toEqual(
      workspace.databases.flatMap(({ title }) => (title === TASKS ? [] : workspace.pageIds(title))),
    )
    expect(await idsIn(PEOPLE)).toEqual(workspace.pageIds(PEOPLE))
    workspace.grantAccess(id)
    expect(await found('data_source')).toEqual(sources)
    expect((await notion.pages.retrieve({ page_id: page })).id).toBe(page)
  })

  test('does not end a search that was to go on from it', async () => {
    const { workspace, notion, database } = await start()
    const args = { filter: { property: 'object', value: 'data_source' }, page_size: 1 } as const
    const first = await notion.search(args)
    workspace.withdrawAccess(database(TRANSCRIPTS).id)
    const second = await notion.search({ ...args, start_cursor: first.next_cursor ?? '' })
    expect(second.results.map(({ id }) => id)).toEqual([database(TASKS).dataSourceId])
  })

  test('takes relations to it, and what is rolled up over them, out of schemas; pages show them empty', async () => {
    const { workspace, notion, database, firstOf, shownValue } = await start()
    const schema = async () => {
      const source = await notion.dataSources.retrieve({ data_source_id: database(TASKS).dataSourceId })
      return isFullDataSource(source) ? Object.keys(source.properties) : []
    }
    const before = await schema()
    workspace.editPage(firstOf(TASKS), { properties: { Contacts: [firstOf(PEOPLE)] } })
    workspace.withdrawAccess(database(PEOPLE).id)
    expect(before.filter((name) => !['Contacts', 'Contact emails'].includes(name))).toEqual(await schema())
    expect(before).toHaveLength((await schema()).length + 2)
    expect(await shownValue(firstOf(TASKS), 'Contacts')).toMatchObject({ relation: [], has_more: false })
    expect(workspace.dataSource(database(TASKS).dataSourceId)).toMatchObject({ properties: { Contacts: {} } })
    workspace.grantAccess(database(PEOPLE).id)
    expect(await schema()).toEqual(before)
  })

  test('shows a page again that moves out of it, and hides one that moves in', async () => {
    const { workspace, notion, database, firstOf } = await start()
    const [inside, outside] = [firstOf(TASKS), firstOf(PEOPLE)]
    workspace.withdrawAccess(database(TASKS).id)
    workspace.movePage(inside, PEOPLE)
    workspace.movePage(outside, TASKS)
    expect((await notion.pages.retrieve({ page_id: inside })).id).toBe(inside)
    await expect(notion.pages.retrieve({ page_id: outside })).rejects.toMatchObject(NOT_FOUND)
  })

  test('that is shared again does not bring back a page that was withdrawn by itself', async () => {
    const { workspace, notion, database, firstOf } = await start()
    for (const id of [firstOf(TASKS), database(TASKS).id]) workspace.withdrawAccess(id)
    workspace.grantAccess(database(TASKS).id)
    await expect(notion.pages.retrieve({ page_id: firstOf(TASKS) })).rejects.toMatchObject(NOT_FOUND)
  })
})

test('deliveries can still speak of what is no longer shared', async () => {
  const { workspace, firstOf } = await start()
  const id = firstOf(TASKS)
  workspace.withdrawAccess(id)
  expect(eventFor(workspace, 'page.content_updated', id)).toMatchObject({ entity: { id, type: 'page' } })
})

test('access to what does not exist is a mistake of the caller', async () => {
  const { workspace, database, firstOf } = await start()
  const gone = firstOf(TASKS)
  workspace.deletePageForever(gone)
  for (const id of [gone, database(TASKS).dataSourceId, '2600ce2a-6520-801c-86cb-fd0b73eb91de']) {
    expect(() => {
      workspace.withdrawAccess(id)
    }).toThrow('no page or database')
    expect(() => {
      workspace.grantAccess(id)
    }).toThrow('no page or database')
  }
})
