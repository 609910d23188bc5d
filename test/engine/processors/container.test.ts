import { describe, expect, test } from 'vitest'
import { parseNotionId } from '../../../shared/ids.ts'
import { databaseFilesIn, databaseIn, pageIn, pagesIn } from '../../support/cache-contents.ts'
import { type CachedWorkspace, openCachedWorkspace } from '../../support/cached-workspace.ts'

const PEOPLE = 'People & Contacts'
const TASKS = 'Actionable Tasks'

/** With one page of the watched database in the cache. */
const openHeld = async (watched: readonly string[] = [PEOPLE]) => {
  const cached = await openCachedWorkspace({ watched })
  const database = cached.workspace.databases.find(({ title }) => title === PEOPLE)!
  const pageId = cached.workspace.pageIds(PEOPLE)[0]!
  await cached.attempt('page', pageId)
  return { cached, database, pageId }
}

const refreshed = { kind: 'done', outcome: 'refreshed' }

const known = ({ cache }: CachedWorkspace, databaseId: string) => cache.catalogue.sourcesOf(parseNotionId(databaseId)!)

describe.each(['database', 'data_source'] as const)('an event of a %s', (kind) => {
  const idOf = (database: { readonly id: string; readonly dataSourceId: string }): string =>
    kind === 'database' ? database.id : database.dataSourceId

  test('refreshes the title: folder and file follow, the records stay', async () => {
    const { cached, database, pageId } = await openHeld()
    cached.workspace.renameDatabase(PEOPLE, 'Address book')
    expect(await cached.attempt(kind, idOf(database))).toMatchObject(refreshed)
    await cached.cache.keeper.flushNow()
    expect(databaseFilesIn(cached.cacheFolder)).toEqual(['address_book.json'])
    expect(databaseIn(cached.cacheFolder, 'address_book.json')).toMatchObject({
      title: 'Address book',
      records: [{ id: pageId }],
    })
    expect(pageIn(cached.cacheFolder, pageId)).toMatchObject({
      path: expect.stringMatching(/^Address book\//),
      sync: { revision: 1 },
    })
  })

  test('refreshes the schema', async () => {
    const { cached, database } = await openHeld()
    cached.workspace.addProperty(PEOPLE, 'Birthday', 'date')
    const result = await cached.plan(kind, idOf(database))
    const properties = result.ok ? result.planned.learned[0]?.properties : []
    expect(properties).toContainEqual({ id: expect.any(String), name: 'Birthday', type: 'date' })
    expect(await cached.attempt(kind, idOf(database))).toMatchObject(refreshed)
  })

  test('in the trash removes nothing by itself, and is told until it is restored', async () => {
    const { cached, database } = await openHeld()
    cached.workspace.trashDatabase(PEOPLE)
    expect(await cached.attempt(kind, idOf(database))).toMatchObject(refreshed)
    expect(pagesIn(cached.cacheFolder).size).toBe(1)
    expect(cached.cache.catalogue.trashed()).toEqual([PEOPLE])
    cached.workspace.restoreDatabase(PEOPLE)
    expect(await cached.attempt(kind, idOf(database))).toMatchObject(refreshed)
    expect(cached.cache.catalogue.trashed()).toEqual([])
  })

  test('out of reach that is watched is a failure for a person, and removes nothing', async () => {
    const { cached, database } = await openHeld()
    cached.simulator.failNext({ match: new RegExp(idOf(database)), times: 1, status: 404 })
    const end = await cached.attempt(kind, idOf(database))
    expect(end).toMatchObject({ kind: 'failed', failure: { kind: 'permanent', code: 'database_out_of_reach' } })
    expect(end).toHaveProperty('failure.message', expect.stringContaining(`“${PEOPLE}”`))
    expect(pagesIn(cached.cacheFolder).size).toBe(1)
  })

  test('out of reach that is not watched is gone', async () => {
    const { cached } = await openHeld()
    const tasks = cached.workspace.databases.find(({ title }) => title === TASKS)!
    for (const state of ['unknown', 'known']) {
      cached.simulator.failNext({ match: new RegExp(idOf(tasks)), times: 1, status: 404 })
      expect([state, await cached.attempt(kind, idOf(tasks))]).toMatchObject([state, { kind: 'done', outcome: 'gone' }])
      expect(await cached.attempt(kind, idOf(tasks))).toMatchObject(refreshed)
    }
  })

  test.each([
    [401, 'unauthorized'],
    [403, 'restricted_resource'],
    [503, 'service_unavailable'],
  ])('that cannot be asked for (%i) is no verdict', async (status, code) => {
    const { cached, database } = await openHeld()
    cached.simulator.failNext({ match: new RegExp(idOf(database)), times: 1, status })
    expect(await cached.attempt(kind, idOf(database))).toMatchObject({ kind: 'failed', failure: { code } })
    expect(known(cached, database.id)).toHaveLength(1)
  })
})

test('A database that nobody knows is learnt with all its data sources', async () => {
  const { cached } = await openHeld()
  const { id } = cached.workspace.addDatabase('Shelf')
  cached.workspace.addDataSource('Shelf', 'Second shelf')
  expect(await cached.attempt('database', id)).toMatchObject(refreshed)
  const titles = known(cached, id).map(({ sourceTitle, isWatched }) => [sourceTitle, isWatched])
  expect(titles.toSorted()).toEqual([
    ['Second shelf', false],
    ['Shelf', false],
  ])
})

test('A database that is renamed into a watched title is watched from then on', async () => {
  const { cached } = await openHeld(['Address book'])
  expect(pagesIn(cached.cacheFolder).size).toBe(0)
  cached.workspace.renameDatabase(PEOPLE, 'Address book')
  const { id } = cached.workspace.databases.find(({ title }) => title === 'Address book')!
  expect(await cached.attempt('database', id)).toMatchObject(refreshed)
  expect(await cached.attempt('page', cached.workspace.pageIds('Address book')[0]!)).toMatchObject({
    outcome: 'written',
  })
})
