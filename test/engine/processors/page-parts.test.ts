import { describe, expect, test } from 'vitest'
import { parentOf, decisive } from '../../../electron/engine/processors/page-parts.ts'
import { memberMention } from '../../../electron/simulator/rich-text.ts'
import { parseNotionId } from '../../../shared/ids.ts'
import { notionPageSchema } from '../../../shared/records.ts'
import { pageIn } from '../../support/cache-contents.ts'
import { type CachedWorkspace, openCachedWorkspace } from '../../support/cached-workspace.ts'
import { pathsAskedFor } from '../../support/paths-asked-for.ts'

const PEOPLE = 'People & Contacts'
const TASKS = 'Actionable Tasks'

/** A contact whose lists are all longer than what a page shows; nothing else refers to other pages. */
const openLongContact = async (count = 130): Promise<{ cached: CachedWorkspace; id: string }> => {
  const cached = await openCachedWorkspace({ watched: [PEOPLE, TASKS], pagesPerDatabase: 140 })
  const { workspace } = cached
  const id = workspace.pageIds(PEOPLE)[0]!
  const members = workspace.members.slice(0, count)
  workspace.editPage(id, {
    properties: {
      Organizations: [],
      Tasks: workspace.pageIds(TASKS).slice(0, count),
      Role: members.map(memberMention),
      'Looked after by': members.map((member) => member.id),
    },
  })
  return { cached, id }
}

const tasksOf = ({ cacheFolder }: CachedWorkspace, id: string) => {
  const { page, sync } = pageIn(cacheFolder, id)
  const property = page.properties['Tasks']!
  return {
    count: (property['relation'] as unknown[]).length,
    hasMore: property['has_more'],
    state: sync.fields['Tasks'],
  }
}

describe('references', () => {
  test('beyond what a page shows stand in the page file, and none is said to be missing', async () => {
    const { cached, id } = await openLongContact()
    expect(await cached.attempt('page', id)).toMatchObject({ kind: 'done', outcome: 'written' })
    const { page, sync } = pageIn(cached.cacheFolder, id)
    const whole = cached.workspace.page(id)!['properties'] as typeof page.properties
    for (const name of ['Tasks', 'Role', 'Looked after by']) {
      expect(page.properties[name]).toEqual(whole[name])
      expect(sync.fields[name]).toBe('updated')
    }
    expect(tasksOf(cached, id)).toEqual({ count: 130, hasMore: false, state: 'updated' })
  })

  test('that cannot be had leave the old value, told as kept, until the retry completes it', async () => {
    const { cached, id } = await openLongContact(30)
    await cached.attempt('page', id)
    const { workspace } = cached
    workspace.editPage(id, { title: 'New name', properties: { Tasks: workspace.pageIds(TASKS).slice(0, 40) } })
    const tasks = pageIn(cached.cacheFolder, id).page.properties['Tasks']!.id
    cached.simulator.failNext({ match: new RegExp(`/properties/${tasks}$`), times: 1, status: 503 })

    const failure = { kind: 'transient', code: 'service_unavailable' }
    expect(await cached.attempt('page', id)).toMatchObject({ kind: 'failed', failure })
    expect(tasksOf(cached, id)).toEqual({ count: 30, hasMore: false, state: 'kept' })
    const { path, sync } = pageIn(cached.cacheFolder, id)
    expect(path).toContain('New name')
    expect(Object.entries(sync.fields).filter(([, state]) => state === 'kept')).toEqual([['Tasks', 'kept']])

    expect(await cached.attempt('page', id)).toMatchObject({ kind: 'done', outcome: 'written' })
    expect(tasksOf(cached, id)).toEqual({ count: 40, hasMore: false, state: 'updated' })
  })

  test('that cannot be had the first time leave those that came, told as kept', async () => {
    const { cached, id } = await openLongContact(30)
    cached.simulator.failNext({ match: /\/properties\//, times: 3, status: 502 })
    expect(await cached.attempt('page', id)).toMatchObject({ kind: 'failed', failure: { kind: 'transient' } })
    expect(tasksOf(cached, id)).toEqual({ count: 25, hasMore: true, state: 'kept' })
    expect(await cached.attempt('page', id)).toMatchObject({ kind: 'done' })
    expect(tasksOf(cached, id)).toEqual({ count: 30, hasMore: false, state: 'updated' })
  })

  test.each<readonly [string, Readonly<Record<string, unknown>>]>([
    ['ends before its end', { results: [], has_more: true, next_cursor: null }],
    ['is of another type', { results: [{ object: 'property_item', type: 'url' }], has_more: false, next_cursor: null }],
  ])('whose list %s are kept, and a person is told', async (_what, body) => {
    const { cached, id } = await openLongContact(30)
    await cached.attempt('page', id)
    cached.simulator.failNext({ match: /\/properties\//, times: 3, status: 200, body: { object: 'list', ...body } })
    const failure = { kind: 'permanent', code: 'unexpected_answer' }
    expect(await cached.attempt('page', id)).toMatchObject({ kind: 'failed', failure })
    expect(tasksOf(cached, id)).toEqual({ count: 30, hasMore: false, state: 'kept' })
  })
})

test('A property called __proto__ that cannot be had in full keeps its old value, and is told as kept', async () => {
  const { cached, id } = await openLongContact(30)
  const path = `/v1/pages/${id}`
  /** Notion shows the relation under that name from now on. */
  const show = (count: number): void => {
    cached.workspace.editPage(id, { properties: { Tasks: cached.workspace.pageIds(TASKS).slice(0, count) } })
    const { properties, ...page } = cached.workspace.page(id) as { properties: Record<string, { relation: unknown[] }> }
    const tasks = properties['Tasks']!
    const shown = { ...tasks, relation: tasks.relation.slice(0, 25), has_more: count > 25 }
    const body = { ...page, properties: Object.fromEntries([['__proto__', shown]]) }
    cached.simulator.clearFaults()
    cached.simulator.failNext({ match: new RegExp(`^${path}$`), times: null, status: 200, body })
  }
  const held = () => {
    const { page, sync } = pageIn(cached.cacheFolder, id)
    const [[name, property] = [], ...others] = Object.entries(page.properties)
    expect(others).toEqual([])
    return { name, count: (property?.['relation'] as unknown[]).length, fields: Object.entries(sync.fields) }
  }
  show(30)
  expect(await cached.attempt('page', id)).toMatchObject({ kind: 'done', outcome: 'written' })
  expect(held()).toEqual({ name: '__proto__', count: 30, fields: [['__proto__', 'updated']] })
  show(40)
  cached.simulator.failNext({ match: /\/properties\//, times: 1, status: 503 })
  expect(await cached.attempt('page', id)).toMatchObject({ kind: 'failed' })
  expect(held()).toEqual({ name: '__proto__', count: 30, fields: [['__proto__', 'kept']] })
  expect(await cached.attempt('page', id)).toMatchObject({ kind: 'done', outcome: 'written' })
  expect(held()).toEqual({ name: '__proto__', count: 40, fields: [['__proto__', 'updated']] })
})

describe('the text', () => {
  test('of before stays where the new one cannot be had; the retry brings it', async () => {
    const cached = await openCachedWorkspace({ watched: [PEOPLE] })
    const id = cached.workspace.pageIds(PEOPLE)[0]!
    cached.workspace.editPage(id, { markdown: '# Old' })
    await cached.attempt('page', id)
    cached.workspace.editPage(id, { title: 'Renamed', markdown: '# New' })
    cached.simulator.failNext({ match: /\/markdown$/, times: 1, status: 500 })
    expect(await cached.attempt('page', id)).toMatchObject({ kind: 'failed', failure: { kind: 'transient' } })
    expect(pageIn(cached.cacheFolder, id)).toMatchObject({
      path: expect.stringContaining('Renamed'),
      content: { markdown: '# Old', truncated: false },
    })
    expect(await cached.attempt('page', id)).toMatchObject({ kind: 'done', outcome: 'written' })
    expect(pageIn(cached.cacheFolder, id).content?.markdown).toBe('# New')
  })

  test('that never could be had is null, and the page is written all the same', async () => {
    const cached = await openCachedWorkspace({ watched: [PEOPLE] })
    const id = cached.workspace.pageIds(PEOPLE)[0]!
    cached.simulator.failNext({ match: /\/markdown$/, times: 1, status: 403 })
    const failure = { kind: 'permanent', code: 'restricted_resource' }
    expect(await cached.attempt('page', id)).toMatchObject({ kind: 'failed', failure })
    expect(pageIn(cached.cacheFolder, id)).toMatchObject({ content: null, sync: { revision: 1 } })
  })

  test('is not asked for where the settings leave it out', async () => {
    const cached = await openCachedWorkspace({ watched: [PEOPLE], withContent: false })
    const id = cached.workspace.pageIds(PEOPLE)[0]!
    const asked = await pathsAskedFor(cached.simulator, () => cached.attempt('page', id))
    expect(asked.filter((path) => path.endsWith('/markdown'))).toEqual([])
    expect(pageIn(cached.cacheFolder, id).content).toBeNull()
  })
})

test('A page names its data source, its database, or neither', () => {
  const id = '153104cd-477e-809d-8dc4-ff2d96ae3090'
  const page = (parent: object) => notionPageSchema.parse({ object: 'page', id, parent, properties: {} })
  const both = page({ type: 'data_source_id', data_source_id: id, database_id: id })
  expect(parentOf(both)).toEqual({ sourceId: parseNotionId(id), databaseId: parseNotionId(id) })
  expect(parentOf(page({ type: 'database_id', database_id: id })).sourceId).toBeNull()
  expect(parentOf(page({ type: 'page_id', page_id: id }))).toEqual({ sourceId: null, databaseId: null })
})

test('Of several failures the one that time may heal decides: the job is tried again', () => {
  const permanent = { kind: 'permanent', code: 'a', message: '' } as const
  const transient = { kind: 'transient', code: 'b', message: '' } as const
  expect(decisive([permanent, transient])).toBe(transient)
  expect(decisive([permanent])).toBe(permanent)
  expect(decisive([])).toBeNull()
})
