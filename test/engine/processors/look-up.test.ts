import { describe, expect, test } from 'vitest'
import { lookUpDatabase, lookUpSource } from '../../../electron/engine/processors/look-up.ts'
import { parseNotionId } from '../../../shared/ids.ts'
import { openCachedWorkspace } from '../../support/cached-workspace.ts'

const PEOPLE = 'People & Contacts'

const openTwoSources = async () => {
  const cached = await openCachedWorkspace({ watched: [PEOPLE] })
  cached.workspace.addDataSource(PEOPLE, 'Former contacts')
  const database = cached.workspace.databases.find(({ title }) => title === PEOPLE)!
  const [first, second] = database.dataSources.map(({ id }) => parseNotionId(id)!)
  return { ...cached, databaseId: parseNotionId(database.id)!, first: first!, second: second!, database }
}

describe('a database', () => {
  test('is known by all its data sources, each with its own title and schema', async () => {
    const { notion, databaseId, first, second } = await openTwoSources()
    const facts = await lookUpDatabase(notion, databaseId)
    const common = { databaseId, databaseTitle: PEOPLE, isInTrash: false, isDatabaseInTrash: false }
    expect(facts).toMatchObject({
      ok: true,
      value: [
        { ...common, sourceId: first, sourceTitle: PEOPLE },
        { ...common, sourceId: second, sourceTitle: 'Former contacts' },
      ],
    })
    const properties = facts.ok ? facts.value[1]?.properties : []
    expect(properties).toEqual([{ id: 'title', name: 'Name', type: 'title' }])
  })

  test.each([403, 404])('shows the rest where one of its data sources is not shown (%i)', async (status) => {
    const { simulator, notion, databaseId, database, second } = await openTwoSources()
    simulator.failNext({ match: new RegExp(database.dataSources[0]!.id), times: 1, status })
    expect(await lookUpDatabase(notion, databaseId)).toMatchObject({ ok: true, value: [{ sourceId: second }] })
  })

  test('of which no data source is shown is not shown', async () => {
    const { simulator, notion, databaseId } = await openTwoSources()
    simulator.failNext({ match: /\/data_sources\//, times: 2, status: 404 })
    expect(await lookUpDatabase(notion, databaseId)).toMatchObject({ ok: false, failure: { about: 'missing object' } })
  })

  test('is unknown as a whole while one of its data sources cannot be asked', async () => {
    const { simulator, notion, databaseId, database } = await openTwoSources()
    simulator.failNext({ match: new RegExp(database.dataSources[1]!.id), times: 1, status: 503 })
    expect(await lookUpDatabase(notion, databaseId)).toMatchObject({ ok: false, failure: { kind: 'transient' } })
  })
})

describe('a data source', () => {
  test.each([403, 404])('lends its title to a database that is not shown (%i)', async (status) => {
    const { simulator, notion, databaseId, second } = await openTwoSources()
    simulator.failNext({ match: /\/databases\//, times: 1, status })
    expect(await lookUpSource(notion, second)).toMatchObject({
      ok: true,
      value: { sourceId: second, databaseId, databaseTitle: 'Former contacts' },
    })
  })

  test.each([401, 502])('lends nothing while its database cannot be asked (%i)', async (status) => {
    const { simulator, notion, second } = await openTwoSources()
    simulator.failNext({ match: /\/databases\//, times: 1, status })
    expect(await lookUpSource(notion, second)).toMatchObject({ ok: false })
  })
})
