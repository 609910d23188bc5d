import { describe, expect, test } from 'vitest'
import { createConnection } from '../../../electron/engine/processors/connection.ts'
import { type CachedWorkspace, openCachedWorkspace } from '../../support/cached-workspace.ts'
import { connect, watchedTitles } from '../../support/connected-workspace.ts'
import { createManualClock } from '../../support/manual-clock.ts'
import { notionAt } from '../../support/notion-at.ts'
import { createRecordedLog } from '../../support/recorded-log.ts'

const PEOPLE = 'People & Contacts'
const TASKS = 'Actionable Tasks'

const databaseOf = ({ workspace }: CachedWorkspace, title = PEOPLE) =>
  workspace.databases.find((database) => database.title === title)!

describe('a watched database', () => {
  test('is found by its title, with all its data sources; the workspace is known then', async () => {
    const cached = await openCachedWorkspace({ watched: [PEOPLE] })
    cached.workspace.addDataSource(PEOPLE, 'Former contacts')
    const { connection, round } = await connect(cached)
    expect(connection.workspace()).toBeNull()
    await round()
    expect(connection.workspace()).toEqual({ id: cached.workspace.id, name: cached.workspace.name })
    expect(watchedTitles(cached)).toEqual([`${PEOPLE} / Former contacts`, `${PEOPLE} / ${PEOPLE}`])
    expect(connection.problems()).toEqual([])
  })

  test('is found by its title where no data source bears it, and by a data source’s title', async () => {
    const cached = await openCachedWorkspace({ watched: ['Shelf', 'Second shelf'] })
    cached.workspace.addDatabase('Shelf')
    cached.workspace.addDataSource('Shelf', 'Second shelf')
    const { connection, round } = await connect(cached)
    await round()
    expect(connection.problems()).toEqual([])
    expect(watchedTitles(cached)).toEqual(['Shelf / Second shelf', 'Shelf / Shelf'])
  })

  test.each([
    ['Cafe\u0301s', 'Caf\u00e9s'],
    ['Caf\u00e9s', 'Cafe\u0301s'],
  ])('is found among many however its accents are typed (%j for %j)', async (entry, title) => {
    const cached = await openCachedWorkspace({ watched: [` ${entry} `] })
    for (let more = 0; more < 130; more += 1) cached.workspace.addDatabase(`Shelf ${more}`)
    cached.workspace.addDatabase(title)
    const { connection, round } = await connect(cached)
    await round()
    expect(connection.problems()).toEqual([])
  })

  test.each(['database', 'data source'])('is found by the id of its %s, which search need not know', async (what) => {
    const first = await openCachedWorkspace({ watched: ['not yet known'] })
    const database = databaseOf(first)
    const id = what === 'database' ? database.id : database.dataSourceId
    for (const entry of [id, id.replaceAll('-', '').toUpperCase()]) {
      const cached = await openCachedWorkspace({ watched: [entry] })
      const nothing = { object: 'list', results: [], has_more: false, next_cursor: null }
      cached.simulator.failNext({ match: /\/search$/, times: 1, status: 200, body: nothing })
      const { connection, round } = await connect(cached)
      await round()
      expect(watchedTitles(cached)).toEqual([`${PEOPLE} / ${PEOPLE}`])
      expect(connection.problems()).toEqual([])
    }
  })

  test('that is known is asked for anew at a start: what it is called now is learnt', async () => {
    const cached = await openCachedWorkspace({ watched: [PEOPLE, 'Address book'] })
    await cached.attempt('database', databaseOf(cached).id)
    cached.workspace.renameDatabase(PEOPLE, 'Address book')
    const { round } = await connect(cached)
    await round()
    expect(watchedTitles(cached)).toEqual(['Address book / Address book'])
  })
})

describe('an entry that nothing answers to', () => {
  test('is told, and looked for again every ten minutes', async () => {
    const cached = await openCachedWorkspace({ watched: [PEOPLE, 'Shelf'] })
    const { connection, round, nextRound } = await connect(cached)
    await round()
    expect(watchedTitles(cached)).toEqual([`${PEOPLE} / ${PEOPLE}`])
    expect(connection.problems()).toEqual([
      { code: 'database-not-found', severity: 'failure', message: expect.stringContaining('“Shelf”') },
    ])
    cached.workspace.addDatabase('Shelf')
    await nextRound(600_000)
    expect(connection.problems()).toEqual([])
    expect(watchedTitles(cached)).toContain('Shelf / Shelf')
  })

  test.each([
    ['an id that Notion does not know', '153104cd-477e-409d-8dc4-ff2d96ae3090'],
    ['an id that Notion does not accept', '12345678-1234-1234-1234-123456789abc'],
  ])('because it is %s does not keep the others from being found', async (_what, id) => {
    const cached = await openCachedWorkspace({ watched: [id, TASKS] })
    const { connection, round } = await connect(cached)
    await round()
    expect(watchedTitles(cached)).toEqual([`${TASKS} / ${TASKS}`])
    expect(connection.problems()).toMatchObject([{ code: 'database-not-found' }])
    expect(connection.problems()[0]?.message).toContain(id)
  })
})

describe('while Notion cannot be asked', () => {
  test('it is asked again after 2 s, 4 s, 8 s, and at most a minute; told once, and cleared by the answer', async () => {
    const cached = await openCachedWorkspace({ watched: [PEOPLE] })
    const { connection, round, nextRound, log } = await connect(cached)
    cached.simulator.failNext({ times: 8, status: 503 })
    await round()
    for (const afterMs of [2_000, 4_000, 8_000, 16_000, 32_000, 60_000, 60_000]) {
      const problem = { code: 'service_unavailable', severity: 'failure', message: expect.any(String) }
      expect(connection.problems()).toEqual([problem])
      await nextRound(afterMs)
    }
    expect(log.lines.filter(({ level }) => level === 'warn')).toHaveLength(1)
    await nextRound(60_000)
    expect(connection.problems()).toEqual([])
    expect(watchedTitles(cached)).toEqual([`${PEOPLE} / ${PEOPLE}`])
  })

  test.each([
    [401, 'unauthorized'],
    [403, 'restricted_resource'],
  ])('for its own refusal (%i) the reason is told until a person has mended it', async (status, code) => {
    const cached = await openCachedWorkspace({ watched: [PEOPLE] })
    const { connection, round, nextRound } = await connect(cached)
    cached.simulator.failNext({ times: 1, status })
    await round()
    expect(connection.problems()).toMatchObject([{ code, severity: 'failure' }])
    await nextRound(2_000)
    expect(connection.problems()).toEqual([])
  })

  test.each([/\/search$/, /\/databases\//, /\/data_sources\//])(
    'within a round (%s), the round is repeated',
    async (match) => {
      const cached = await openCachedWorkspace({ watched: [PEOPLE] })
      const { connection, round, nextRound } = await connect(cached)
      cached.simulator.failNext({ match, times: 1, status: 502 })
      await round()
      expect(connection.workspace()).not.toBeNull()
      expect(connection.problems()).toMatchObject([{ code: 'unreadable_answer' }])
      await nextRound(2_000)
      expect(connection.problems()).toEqual([])
      expect(watchedTitles(cached)).toEqual([`${PEOPLE} / ${PEOPLE}`])
    },
  )
})

test('What the disk refuses to store is told, and asked for and stored again', async () => {
  const cached = await openCachedWorkspace({ watched: [PEOPLE] })
  const full = () => Object.assign(new Error('disk is full'), { code: 'ENOSPC' })
  const { connection, round, nextRound } = await connect(cached, [full])
  await round()
  expect(connection.problems()).toMatchObject([{ code: 'ENOSPC', severity: 'failure' }])
  await nextRound(2_000)
  expect(connection.problems()).toEqual([])
  expect(watchedTitles(cached)).toEqual([`${PEOPLE} / ${PEOPLE}`])
})

test('Stopping ends the asking, asleep or not, and is no error', async () => {
  const cached = await openCachedWorkspace({ watched: ['Shelf'] })
  const ending = new AbortController()
  const clock = createManualClock()
  const log = createRecordedLog()
  const { catalogue, watchList } = cached.cache
  const notion = notionAt(cached.simulator.url, { signal: ending.signal })
  const outageOver = () => Promise.resolve()
  const parts = { notion, catalogue, watchList, clock, log, signal: ending.signal, learn: cached.learn, outageOver }
  const connection = createConnection(parts)
  const asleep = clock.nextTimer()
  connection.start()
  await asleep
  ending.abort()
  await connection.stop()
  expect(log.lines.filter(({ level }) => level === 'error')).toEqual([])
})
