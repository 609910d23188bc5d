import { describe, expect, test } from 'vitest'
import type { Clock } from '../../electron/engine/foundation/clock.ts'
import { PROPERTY_TYPES } from '../../electron/simulator/property-types.ts'
import { createWorkspace } from '../../electron/simulator/workspace.ts'

interface Property {
  readonly id: string
  readonly type: string
  readonly [field: string]: unknown
}

interface Page {
  readonly id: string
  readonly created_time: string
  readonly last_edited_time: string
  readonly in_trash: boolean
  readonly parent: object
  readonly properties: Readonly<Record<string, Property>>
}

const TASKS = 'Actionable Tasks'
const PEOPLE = 'People & Contacts'

const build = (pagesPerDatabase = 60, seed = 11) => {
  const time = { nowMs: Date.UTC(2026, 9, 5, 10, 20, 30) }
  const clock: Clock = {
    now: () => time.nowMs,
    monotonicMs: () => time.nowMs,
    after: () => ({ cancel: () => undefined }),
    sleep: () => Promise.resolve(),
  }
  const workspace = createWorkspace({ seed, pagesPerDatabase, clock })
  const pageOf = (id: string) => workspace.page(id) as Page | undefined
  const firstId = (title: string, at = 0) => workspace.pageIds(title)[at] ?? ''
  const valueOf = (id: string, name: string) => {
    const property = pageOf(id)?.properties[name]
    return property?.[property.type]
  }
  const allPages = () => workspace.databases.flatMap(({ title }) => workspace.pageIds(title).map((id) => pageOf(id)))
  return { workspace, time, pageOf, firstId, valueOf, allPages }
}

const withoutSignatures = (value: unknown) =>
  JSON.stringify(value).replaceAll(/\?X-Amz[^"]*|"expiry_time":"[^"]*"/g, '')

describe('the generated workspace', () => {
  test('has the four databases, each with its own data source and as many pages as asked for', () => {
    const { workspace } = build(60)
    expect(workspace.databases.map(({ title }) => title)).toEqual([
      'People & Contacts',
      'Intelligence & Transcripts',
      'Actionable Tasks',
      'Organizations & Bodies',
    ])
    expect(new Set(workspace.databases.map(({ dataSourceId }) => dataSourceId)).size).toBe(4)
    for (const { title } of workspace.databases) expect(new Set(workspace.pageIds(title)).size).toBe(60)
  })

  test('is the same for the same seed, apart from the signatures of hosted files, and another for another seed', () => {
    const [one, two, other] = [build(40, 5).allPages(), build(40, 5).allPages(), build(40, 6).allPages()]
    expect(withoutSignatures(one)).toBe(withoutSignatures(two))
    expect(withoutSignatures(one)).not.toBe(withoutSignatures(other))
  })

  test('every property type occurs, and every type that can be empty occurs filled and empty', () => {
    const filled = new Set<string>()
    const empty = new Set<string>()
    for (const page of build(60).allPages()) {
      for (const property of Object.values(page?.properties ?? {})) {
        const value = property[property.type]
        const isEmpty = value === null || (Array.isArray(value) && value.length === 0)
        ;(isEmpty ? empty : filled).add(property.type)
      }
    }
    expect([...filled].toSorted()).toEqual([...PROPERTY_TYPES].toSorted())
    const canBeEmpty = ['rich_text', 'number', 'select', 'multi_select', 'date', 'people', 'files', 'url', 'email']
    expect([...canBeEmpty, 'phone_number', 'relation'].filter((type) => !empty.has(type))).toEqual([])
  })

  test('formulas come in all four kinds, rollups as number and list, dates single and as ranges, files in both kinds', () => {
    const text = JSON.stringify(build(60).allPages())
    for (const kind of ['string', 'number', 'boolean', 'date']) expect(text).toContain(`"formula":{"type":"${kind}"`)
    for (const kind of ['number', 'array']) expect(text).toContain(`"rollup":{"type":"${kind}"`)
    expect(text).toMatch(/"date":\{"start":"[^"]+","end":null/)
    expect(text).toMatch(/"date":\{"start":"[^"]+","end":"/)
    expect(text).toContain('"type":"external","external":{"url":"https://files.example.org/')
    expect(text).toMatch(/"type":"file","file":\{"url":"[^"]+X-Amz-Signature=[0-9a-f]{64}/)
  })

  test('relations point to pages that exist, never twice to one, and some are longer than 100', () => {
    const { workspace, allPages } = build(150)
    const lists = allPages().flatMap((page) =>
      Object.values(page?.properties ?? {}).flatMap((property) =>
        property.type === 'relation' ? [(property['relation'] as { id: string }[]).map(({ id }) => id)] : [],
      ),
    )
    for (const list of lists) {
      expect(new Set(list).size).toBe(list.length)
      expect(list.every((id) => workspace.page(id) !== undefined)).toBe(true)
    }
    expect(lists.some((list) => list.length > 100)).toBe(true)
  })

  test('times are whole minutes, in the past, and no page was edited before it was made', () => {
    const { allPages, time } = build(60)
    for (const page of allPages()) {
      expect(page?.created_time).toMatch(/:00\.000Z$/)
      expect(page?.last_edited_time).toMatch(/:00\.000Z$/)
      expect(Date.parse(page?.last_edited_time ?? '')).toBeGreaterThanOrEqual(Date.parse(page?.created_time ?? ''))
      expect(Date.parse(page?.last_edited_time ?? '')).toBeLessThan(time.nowMs)
    }
  })

  test('a workspace with a hundred thousand pages a database answers about any of them without listing them', () => {
    const { workspace } = build(100_000)
    const [tasks] = workspace.databases.slice(2)
    const [row] = workspace.rows(tasks?.dataSourceId ?? '', null)
    expect(workspace.titleOf(row?.id ?? '')).toMatch(/^[A-Z][a-z]+ /)
    expect(workspace.pageIds(TASKS)).toHaveLength(100_000)
    expect(workspace.pageIds(TASKS)).toBe(workspace.pageIds(TASKS))
  })

  test('an empty workspace has databases and can take pages', () => {
    const { workspace } = build(0)
    expect(workspace.databases.map(({ title }) => workspace.pageIds(title).length)).toEqual([0, 0, 0, 0])
    for (const { title } of workspace.databases) {
      const id = workspace.createPage(title)
      expect(workspace.pageIds(title)).toEqual([id])
      expect(workspace.titleOf(id)).not.toBe('')
      expect(workspace.markdown(id)).not.toBe('')
    }
  })
})

describe('edits', () => {
  test('an edit changes what it names and nothing else, and the page is edited at the present minute', () => {
    const { workspace, pageOf, firstId, valueOf } = build()
    const id = firstId(TASKS)
    const before = pageOf(id)
    workspace.editPage(id, {
      title: 'Call the ferry office',
      properties: { Effort: 4.5, Status: 'Done', Tags: ['Budget', 'New tag'], Due: '2026-11-01' },
      markdown: 'Done by phone.',
    })
    expect(workspace.titleOf(id)).toBe('Call the ferry office')
    expect(valueOf(id, 'Effort')).toBe(4.5)
    expect(valueOf(id, 'Status')).toMatchObject({ name: 'Done', color: 'green' })
    expect(valueOf(id, 'Tags')).toMatchObject([{ name: 'Budget' }, { name: 'New tag' }])
    expect(valueOf(id, 'Due')).toEqual({ start: '2026-11-01', end: null, time_zone: null })
    expect(valueOf(id, 'Notes')).toEqual(before?.properties['Notes']?.['rich_text'])
    expect(workspace.markdown(id)).toBe('Done by phone.')
    expect(pageOf(id)).toMatchObject({
      created_time: before?.created_time,
      last_edited_time: '2026-10-05T10:20:00.000Z',
    })
  })

  test('formulas and rollups follow the values that they are made from', () => {
    const { workspace, firstId, valueOf } = build()
    const task = firstId(TASKS)
    const people = workspace.pageIds(PEOPLE).slice(0, 2)
    for (const id of people) workspace.editPage(id, { properties: { Email: `${id}@mail.example.org` } })
    workspace.editPage(task, { properties: { Status: 'Done', Contacts: people } })
    expect(valueOf(task, 'Is open')).toEqual({ type: 'boolean', boolean: false })
    expect(valueOf(task, 'Contact emails')).toEqual({
      type: 'array',
      array: people.map((id) => ({ type: 'email', email: `${id}@mail.example.org` })),
      function: 'show_original',
    })
    workspace.editPage(task, { properties: { Status: 'In progress', Contacts: [] } })
    expect(valueOf(task, 'Is open')).toEqual({ type: 'boolean', boolean: true })
    expect(valueOf(task, 'Contact emails')).toMatchObject({ array: [] })
  })

  test('a value can be given in the form of the API, and an unknown property is refused', () => {
    const { workspace, firstId, valueOf } = build()
    const id = firstId(TASKS)
    workspace.editPage(id, { properties: { Effort: { number: 7 } } })
    expect(valueOf(id, 'Effort')).toBe(7)
    expect(() => {
      workspace.editPage(id, { properties: { Nonsense: 1 } })
    }).toThrow('no property "Nonsense"')
  })

  test('a trashed page stays readable, leaves the list and every relation, and comes back', () => {
    const { workspace, pageOf, firstId, valueOf } = build()
    const [person, task] = [firstId(PEOPLE), firstId(TASKS)]
    workspace.editPage(task, { properties: { Contacts: [person] } })
    workspace.trashPage(person)
    expect(pageOf(person)?.in_trash).toBe(true)
    expect(workspace.pageIds(PEOPLE)).not.toContain(person)
    expect(valueOf(task, 'Contacts')).toEqual([])
    workspace.restorePage(person)
    expect(pageOf(person)?.in_trash).toBe(false)
    expect(workspace.pageIds(PEOPLE)).toContain(person)
    expect(valueOf(task, 'Contacts')).toEqual([{ id: person }])
  })

  test('a page that is deleted for good is gone, but its last place is still known', () => {
    const { workspace, pageOf, firstId } = build()
    const id = firstId(TASKS)
    workspace.deletePageForever(id)
    expect(pageOf(id)).toBeUndefined()
    expect(workspace.markdown(id)).toBeUndefined()
    expect(workspace.pageIds(TASKS)).not.toContain(id)
    expect(workspace.location(id)?.dataSourceId).toBe(workspace.databases[2]?.dataSourceId)
    expect(() => {
      workspace.editPage(id, { title: 'x' })
    }).toThrow('no page')
  })

  test('a moved page has the schema of its new database and keeps its title, its text and what both have', () => {
    const { workspace, pageOf, firstId, valueOf } = build()
    const id = firstId(PEOPLE)
    workspace.editPage(id, { properties: { Email: 'kept@mail.example.org' } })
    const [title, markdown] = [workspace.titleOf(id), workspace.markdown(id)]
    workspace.movePage(id, 'Organizations & Bodies')
    const target = workspace.databases[3]
    expect(pageOf(id)?.parent).toEqual({
      type: 'data_source_id',
      data_source_id: target?.dataSourceId,
      database_id: target?.id,
    })
    expect([workspace.titleOf(id), workspace.markdown(id)]).toEqual([title, markdown])
    expect(valueOf(id, 'Email')).toBe('kept@mail.example.org')
    expect(valueOf(id, 'Budget')).toBeNull()
    expect(workspace.pageIds(PEOPLE)).not.toContain(id)
    expect(workspace.pageIds('Organizations & Bodies')).toContain(id)
  })

  test('a page that moves away and back is listed once, where it was', () => {
    const { workspace, firstId } = build()
    const before = workspace.pageIds(TASKS)
    const id = firstId(TASKS, 20)
    workspace.movePage(id, PEOPLE)
    workspace.movePage(id, TASKS)
    expect(workspace.pageIds(TASKS)).toEqual(before)
    expect(workspace.pageIds(PEOPLE)).not.toContain(id)
  })

  test('created pages have believable content, their own ids, and are listed after the older ones', () => {
    const { workspace, pageOf } = build()
    const plain = workspace.createPage(TASKS)
    const named = workspace.createPage(TASKS, { title: 'Ask about the lighthouse', properties: { Priority: 'High' } })
    expect(workspace.pageIds(TASKS).slice(-2)).toEqual([plain, named])
    expect(pageOf(plain)?.created_time).toBe('2026-10-05T10:20:00.000Z')
    expect(workspace.titleOf(plain)).toMatch(/^[A-Z]/)
    expect(workspace.titleOf(named)).toBe('Ask about the lighthouse')
    expect(pageOf(named)?.properties['Priority']?.['select']).toMatchObject({ name: 'High' })
  })

  test('a database can be renamed, gain a property, be trashed and come back', () => {
    const { workspace, pageOf, firstId } = build()
    const id = firstId(TASKS)
    workspace.renameDatabase(TASKS, 'To do')
    expect(workspace.databases[2]).toMatchObject({ title: 'To do', dataSources: [{ title: 'To do' }] })
    expect(() => workspace.pageIds(TASKS)).toThrow('no database')
    workspace.addProperty('To do', 'Cost', 'number')
    expect(pageOf(id)?.properties['Cost']).toMatchObject({ type: 'number', number: null })
    workspace.editPage(id, { properties: { Cost: 12 } })
    expect(pageOf(id)?.properties['Cost']).toMatchObject({ number: 12 })
    workspace.trashDatabase('To do')
    expect([workspace.databases[2]?.isInTrash, pageOf(id)?.in_trash]).toEqual([true, true])
    workspace.restoreDatabase('To do')
    expect([workspace.databases[2]?.isInTrash, pageOf(id)?.in_trash]).toEqual([false, false])
  })

  test('a database can be added, and have two data sources that share its pages between them', () => {
    const { workspace, pageOf } = build()
    const added = workspace.addDatabase('Archive')
    expect(workspace.databases.at(-1)).toEqual(added)
    expect(workspace.pageIds('Archive')).toEqual([])
    const second = workspace.addDataSource('Archive', 'Archive 1990')
    const [one, two] = [
      workspace.createPage('Archive', { title: 'One' }),
      workspace.createPage('Archive', { dataSourceId: second, title: 'Two' }),
    ]
    expect(workspace.databases.at(-1)?.dataSources.map(({ id }) => id)).toEqual([added.dataSourceId, second])
    expect(pageOf(two)?.parent).toEqual({ type: 'data_source_id', data_source_id: second, database_id: added.id })
    expect(workspace.pageIds('Archive')).toEqual([one, two])
    expect([...workspace.rows(second, null)].map(({ id }) => id)).toEqual([two])
    expect(() => workspace.createPage(TASKS, { dataSourceId: second })).toThrow('not of')
  })
})
