import { rmSync, statSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import type { AttemptEnd } from '../../../electron/engine/worker/attempt.ts'
import { lasting, pageIn, pagesIn, trashIn } from '../../support/cache-contents.ts'
import { type CachedWorkspace, openCachedWorkspace } from '../../support/cached-workspace.ts'

const PEOPLE = 'People & Contacts'
const TASKS = 'Actionable Tasks'
const ORGANIZATIONS = 'Organizations & Bodies'

const first = ({ workspace }: CachedWorkspace, title = PEOPLE): string => workspace.pageIds(title)[0]!

const ended = (end: AttemptEnd): unknown =>
  end.kind === 'done' ? `${end.outcome}${end.reason === null ? '' : `: ${end.reason}`}` : end

/** Writes the page, so that it is held at revision 1. */
const held = async (cached: CachedWorkspace, id = first(cached)): Promise<string> => {
  expect(ended(await cached.attempt('page', id))).toBe('written')
  return id
}

describe('a page of a watched database', () => {
  test('is written whole: every property, its text, and what we know of it', async () => {
    const cached = await openCachedWorkspace({ watched: [PEOPLE, TASKS, ORGANIZATIONS] })
    for (const title of [PEOPLE, TASKS, ORGANIZATIONS]) {
      const id = await held(cached, first(cached, title))
      const { page, content, sync } = pageIn(cached.cacheFolder, id)
      expect(lasting(page)).toMatchObject(lasting(cached.workspace.page(id)) as object)
      expect(content).toEqual({ markdown: cached.workspace.markdown(id), truncated: false })
      expect(sync).toMatchObject({ revision: 1, event_id: expect.stringMatching(/^event \d$/) })
      expect(sync.fetched_at).toBe(new Date(cached.clock.now()).toISOString())
      const fields = Object.keys(page.properties).map((name) => [name, 'updated'])
      expect(sync.fields).toEqual(Object.fromEntries(fields))
    }
  })

  test('has its newest state after an edit, as the next revision, under its new title', async () => {
    const cached = await openCachedWorkspace({ watched: [PEOPLE] })
    const id = await held(cached)
    cached.workspace.editPage(id, { title: 'Ada Lovelace', properties: { Role: 'Analyst' }, markdown: '# Engine' })
    expect(ended(await cached.attempt('page', id))).toBe('written')
    const file = pageIn(cached.cacheFolder, id)
    expect(file.path).toMatch(/^People & Contacts\/Ada Lovelace \([0-9a-f]{8}\)\.json$/)
    expect(file.page.properties['Role']).toMatchObject({ rich_text: [{ plain_text: 'Analyst' }] })
    expect(file.content?.markdown).toBe('# Engine')
    expect(file.sync.revision).toBe(2)
    expect(pagesIn(cached.cacheFolder).size).toBe(1)
  })

  test('that did not change is not written again, though its signed links differ at every fetch', async () => {
    const cached = await openCachedWorkspace({ watched: [PEOPLE] })
    const { workspace } = cached
    const id = workspace.pageIds(PEOPLE).find((page) => JSON.stringify(workspace.page(page)).includes('X-Amz-'))!
    expect(workspace.page(id)).not.toEqual(workspace.page(id))
    await held(cached, id)
    const path = join(cached.cacheFolder, 'pages', pageIn(cached.cacheFolder, id).path)
    const before = statSync(path, { bigint: true })
    expect(ended(await cached.attempt('page', id))).toBe('unchanged')
    expect(statSync(path, { bigint: true })).toMatchObject({ ino: before.ino, mtimeNs: before.mtimeNs })
    expect(cached.revisionOf(id)).toBe(1)
  })

  test.each([
    [
      'missing',
      (path: string) => {
        rmSync(path)
      },
    ],
    [
      'torn',
      (path: string) => {
        writeFileSync(path, '{"page":')
      },
    ],
    [
      'no page file any more',
      (path: string) => {
        writeFileSync(path, '[]')
      },
    ],
  ] as const)('whose file is %s gets it back, as the revision that it is', async (_what, harm) => {
    const cached = await openCachedWorkspace({ watched: [PEOPLE] })
    const id = await held(cached)
    const { path } = pageIn(cached.cacheFolder, id)
    harm(join(cached.cacheFolder, 'pages', path))
    expect(ended(await cached.attempt('page', id))).toBe('written')
    expect(pageIn(cached.cacheFolder, id)).toMatchObject({ path, sync: { revision: 1 } })
    expect(cached.revisionOf(id)).toBe(1)
  })

  test('is found in any data source of the database', async () => {
    const cached = await openCachedWorkspace({ watched: [PEOPLE] })
    const dataSourceId = cached.workspace.addDataSource(PEOPLE, 'Former contacts')
    const id = cached.workspace.createPage(PEOPLE, { title: 'Old friend', dataSourceId })
    await held(cached, id)
    expect(pageIn(cached.cacheFolder, id).path).toMatch(/^People & Contacts\/Old friend \(/)
  })
})

describe('a page of no watched database', () => {
  test('is left alone, and its database asked for only once', async () => {
    const cached = await openCachedWorkspace({ watched: [PEOPLE] })
    expect(ended(await cached.attempt('page', first(cached, TASKS)))).toBe('not-watched')
    const before = cached.simulator.requests()
    expect(ended(await cached.attempt('page', first(cached, TASKS)))).toBe('not-watched')
    expect(cached.simulator.requests()).toBe(before + 1)
    expect(pagesIn(cached.cacheFolder).size).toBe(0)
  })

  test.each([403, 404])('whose data source is not shown (%i) counts as not watched', async (status) => {
    const cached = await openCachedWorkspace({ watched: [PEOPLE] })
    cached.simulator.failNext({ match: /\/data_sources\//, times: 1, status })
    expect(ended(await cached.attempt('page', first(cached)))).toBe('not-watched')
    // Nothing was learnt from that: shared again, it is found.
    await held(cached)
  })

  test.each([401, 500, 503])('is no verdict while its data source cannot be asked (%i)', async (status) => {
    const cached = await openCachedWorkspace({ watched: [PEOPLE] })
    cached.simulator.failNext({ match: /\/data_sources\//, times: 1, status })
    expect(await cached.attempt('page', first(cached))).toMatchObject({ kind: 'failed' })
    await held(cached)
  })
})

describe('moving', () => {
  test('to another watched database moves the file and goes on counting', async () => {
    const cached = await openCachedWorkspace({ watched: [PEOPLE, ORGANIZATIONS] })
    const id = await held(cached)
    cached.workspace.movePage(id, ORGANIZATIONS)
    expect(ended(await cached.attempt('page', id))).toBe('written')
    expect(pageIn(cached.cacheFolder, id)).toMatchObject({
      path: expect.stringMatching(/^Organizations & Bodies\//),
      sync: { revision: 2 },
    })
    expect(trashIn(cached.cacheFolder)).toEqual([])
  })

  test('out of what is watched removes the page; moving back restores it with its history', async () => {
    const cached = await openCachedWorkspace({ watched: [PEOPLE] })
    const id = await held(cached)
    const { path } = pageIn(cached.cacheFolder, id)
    cached.workspace.movePage(id, TASKS)
    expect(ended(await cached.attempt('page', id))).toBe('removed: moved out of what is watched')
    expect(trashIn(cached.cacheFolder)).toEqual([path.split('/')[1]])
    cached.workspace.movePage(id, PEOPLE)
    expect(ended(await cached.attempt('page', id))).toBe('written')
    expect(pageIn(cached.cacheFolder, id).sync.revision).toBe(3)
    expect(trashIn(cached.cacheFolder)).toEqual([])
  })
})

test('A page that moved to a place of which Notion tells nothing (400) is not removed', async () => {
  const cached = await openCachedWorkspace({ watched: [PEOPLE] })
  const id = await held(cached)
  cached.workspace.movePage(id, TASKS)
  cached.simulator.failNext({ match: /\/data_sources\//, times: 1, status: 400 })
  expect(await cached.attempt('page', id)).toMatchObject({ kind: 'failed', failure: { code: 'validation_error' } })
  expect(pageIn(cached.cacheFolder, id).sync.revision).toBe(1)
})

test('A page whose database was renamed is followed on; one that moved out of it is removed', async () => {
  const cached = await openCachedWorkspace({ watched: [PEOPLE] })
  const id = await held(cached)
  cached.workspace.renameDatabase(PEOPLE, 'Address book')
  const { id: databaseId } = cached.workspace.databases.find(({ title }) => title === 'Address book')!
  await cached.attempt('database', databaseId)
  expect(ended(await cached.attempt('page', id))).toBe('unchanged')
  expect(pageIn(cached.cacheFolder, id).sync.revision).toBe(1)
  cached.workspace.movePage(id, TASKS)
  expect(ended(await cached.attempt('page', id))).toBe('removed: moved out of what is watched')
})

test('An older state that Notion answers with never replaces the newer one that is stored', async () => {
  const cached = await openCachedWorkspace({ watched: [PEOPLE] })
  const id = await held(cached)
  const { page } = pageIn(cached.cacheFolder, id)
  cached.simulator.failNext({
    match: /\/v1\/pages\/[^/]+$/,
    times: 1,
    status: 200,
    body: { ...page, last_edited_time: '2020-01-01T00:00:00.000Z', url: 'https://older.example.org' },
  })
  expect(await cached.attempt('page', id)).toMatchObject({
    kind: 'failed',
    failure: { kind: 'transient', code: 'older_state' },
  })
  expect(pageIn(cached.cacheFolder, id).page.url).toBe(page.url)
  expect(ended(await cached.attempt('page', id))).toBe('unchanged')
})

describe('the trash', () => {
  test('takes a held page, under its own name, and gives it back when it is restored', async () => {
    const cached = await openCachedWorkspace({ watched: [PEOPLE] })
    const id = await held(cached)
    const name = pageIn(cached.cacheFolder, id).path.split('/')[1]
    cached.workspace.trashPage(id)
    expect(ended(await cached.attempt('page', id))).toBe('removed: in the trash')
    expect(trashIn(cached.cacheFolder)).toEqual([name])
    expect(pagesIn(cached.cacheFolder).size).toBe(0)
    expect(ended(await cached.attempt('page', id))).toBe('gone: in the trash')
    cached.workspace.restorePage(id)
    expect(ended(await cached.attempt('page', id))).toBe('written')
    expect(pageIn(cached.cacheFolder, id).sync.revision).toBe(3)
  })

  test('of Notion is nothing for a page that we never had', async () => {
    const cached = await openCachedWorkspace({ watched: [PEOPLE] })
    const id = first(cached)
    cached.workspace.trashPage(id)
    expect(ended(await cached.attempt('page', id))).toBe('gone: in the trash')
  })
})

describe('a page that Notion does not find', () => {
  test('is gone where we never had it', async () => {
    const cached = await openCachedWorkspace({ watched: [PEOPLE] })
    const id = first(cached)
    cached.workspace.deletePageForever(id)
    expect(ended(await cached.attempt('page', id))).toBe('gone')
  })

  test('goes to the trash where its data source and its database still answer', async () => {
    const cached = await openCachedWorkspace({ watched: [PEOPLE] })
    const id = await held(cached)
    const name = pageIn(cached.cacheFolder, id).path.split('/')[1]
    cached.workspace.deletePageForever(id)
    expect(ended(await cached.attempt('page', id))).toBe('removed: gone or no longer shared')
    expect(trashIn(cached.cacheFolder)).toEqual([name])
  })

  test.each([
    [401, 'databases'],
    [403, 'databases'],
    [404, 'databases'],
    [401, 'data_sources'],
    [403, 'data_sources'],
    [404, 'data_sources'],
  ])('is not removed while %i is the answer for its %s: a person decides', async (status, what) => {
    const cached = await openCachedWorkspace({ watched: [PEOPLE] })
    const id = await held(cached)
    cached.workspace.deletePageForever(id)
    cached.simulator.failNext({ match: new RegExp(`/v1/${what}/`), times: 1, status })
    const failure = { kind: 'permanent', code: 'database_out_of_reach' }
    const end = await cached.attempt('page', id)
    expect(end).toMatchObject({ kind: 'failed', failure })
    expect(end).toHaveProperty('failure.message', expect.stringContaining('Nothing was removed.'))
    expect(pageIn(cached.cacheFolder, id).sync.revision).toBe(1)
    expect(trashIn(cached.cacheFolder)).toEqual([])
  })

  test.each([500, 502, 503])('is no verdict while its database cannot be asked (%i)', async (status) => {
    const cached = await openCachedWorkspace({ watched: [PEOPLE] })
    const id = await held(cached)
    cached.workspace.deletePageForever(id)
    cached.simulator.failNext({ match: /\/v1\/databases\//, times: 1, status })
    expect(await cached.attempt('page', id)).toMatchObject({ kind: 'failed', failure: { kind: 'transient' } })
    expect(pageIn(cached.cacheFolder, id).sync.revision).toBe(1)
  })
})

test.each([400, 401, 403, 409, 500, 502, 504])(
  'A page that cannot be asked for (%i) stays as it is',
  async (status) => {
    const cached = await openCachedWorkspace({ watched: [PEOPLE] })
    const id = await held(cached)
    const before = pageIn(cached.cacheFolder, id)
    cached.simulator.failNext({ match: /\/v1\/pages\//, times: 1, status })
    expect(await cached.attempt('page', id)).toMatchObject({ kind: 'failed' })
    expect(pageIn(cached.cacheFolder, id)).toEqual(before)
  },
)

test('Planning reads only: done twice it says the same, and nothing has changed', async () => {
  const cached = await openCachedWorkspace({ watched: [PEOPLE] })
  const id = await held(cached)
  cached.workspace.editPage(id, { title: 'Somebody else' })
  const planned = [await cached.plan('page', id), await cached.plan('page', id)]
  expect(lasting(planned[0])).toEqual(lasting(planned[1]))
  expect(cached.revisionOf(id)).toBe(1)
  expect(pageIn(cached.cacheFolder, id).path).not.toContain('Somebody else')
})
