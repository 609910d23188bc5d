import { expect, onTestFinished, test } from 'vitest'
import { createProof } from '../../../electron/engine/intake/proof.ts'
import { eventFor } from '../../../electron/simulator/deliveries.ts'
import { startSimulator } from '../../../electron/simulator/server.ts'
import { notionAt } from '../../support/notion-at.ts'
import { notionId } from '../../support/notion-ids.ts'

const TASKS = 'Actionable Tasks'

/** The proof over the real client, and Notion as the simulator plays it. */
const proving = async (known: 'told' | 'untold' = 'told') => {
  const simulator = await startSimulator({ seed: 1, pagesPerDatabase: 3, requestsPerMinute: null, token: 'ntn_test' })
  onTestFinished(() => simulator.stop())
  const { workspace } = simulator
  const paths: string[] = []
  simulator.beforeAnswer(async (path) => {
    paths.push(path)
  })
  const proof = createProof({
    notion: notionAt(simulator.url),
    workspaceId: () => (known === 'told' ? workspace.id : null),
  })
  const prove = (body: unknown) => proof(Buffer.from(typeof body === 'string' ? body : JSON.stringify(body)))
  const [page] = workspace.pageIds(TASKS)
  const database = workspace.databases.find(({ title }) => title === TASKS)!
  return { simulator, workspace, page: page!, database, prove, paths, ours: { workspaceId: workspace.id } }
}

const STRANGE = notionId(0xdead)

test.each([
  'page.created',
  'page.content_updated',
  'page.deleted',
  'page.undeleted',
  'page.locked',
  'page.transcription_block.transcript_deleted',
  'comment.created',
  'view.updated',
] as const)('a %s of our workspace about a page that our token can read is proof', async (type) => {
  const { workspace, page, prove, ours } = await proving()
  expect(await prove(eventFor(workspace, type, page))).toEqual(ours)
})

test.each(['database.created', 'data_source.schema_updated', 'data_source.moved'] as const)(
  'a %s of our workspace about a database that our token can read is proof',
  async (type) => {
    const { workspace, database, prove, ours } = await proving()
    expect(await prove(eventFor(workspace, type, database.id))).toEqual(ours)
  },
)

test('a comment on a part of a page is proof where the page can be read', async () => {
  const { workspace, page, prove, ours } = await proving()
  const { data, ...event } = eventFor(workspace, 'comment.created', page) as { data: object }
  const onBlock = { parent: { id: STRANGE, type: 'block' } }
  expect(await prove({ ...event, data: { ...data, ...onBlock, page_id: page } })).toEqual(ours)
  for (const pageId of [STRANGE, 'none', 7, null]) {
    expect(await prove({ ...event, data: { ...onBlock, page_id: pageId } })).toBe('refused')
  }
})

test('a page in the trash, and one that is gone from a database that we can read, are proof as well', async () => {
  const { workspace, page, prove, ours } = await proving()
  workspace.trashPage(page)
  expect(await prove(eventFor(workspace, 'page.deleted', page))).toEqual(ours)
  const event = eventFor(workspace, 'page.deleted', page)
  workspace.deletePageForever(page)
  expect(await prove(event)).toEqual(ours)
})

test('ids prove the same with dashes or without, and in capitals', async () => {
  const { workspace, page, prove, ours } = await proving()
  const { entity, workspace_id: workspaceId } = eventFor(workspace, 'page.created', page) as {
    entity: { id: string }
    workspace_id: string
  }
  const bare = (id: string): string => id.replaceAll('-', '').toUpperCase()
  expect(
    await prove({
      id: 'e1',
      type: 'page.created',
      workspace_id: bare(workspaceId),
      entity: { id: bare(entity.id), type: 'page' },
    }),
  ).toEqual(ours)
})

test('an event of another workspace, or of none, is refused, and Notion is asked nothing', async () => {
  const { workspace, page, prove, paths } = await proving()
  for (const workspaceId of [STRANGE, `${workspace.id} `, '']) {
    expect(await prove(eventFor(workspace, 'page.created', page, { workspaceId }))).toBe('refused')
  }
  const { workspace_id: _, ...without } = eventFor(workspace, 'page.created', page) as { workspace_id: string }
  expect(await prove(without)).toBe('refused')
  expect(await prove({ ...without, workspace_id: 7 })).toBe('refused')
  expect(paths).toEqual([])
})

test('an event that names nothing which our token can read is refused', async () => {
  const { workspace, page, prove } = await proving()
  const parent = { id: STRANGE, type: 'database', data_source_id: STRANGE }
  for (const event of [
    eventFor(workspace, 'page.created', page, { entityId: STRANGE, parent }),
    eventFor(workspace, 'comment.created', page, { parent: { id: STRANGE, type: 'page' } }),
    eventFor(workspace, 'database.created', page, { entityId: page, parent: { id: STRANGE, type: 'page' } }),
    eventFor(workspace, 'file_upload.created', page),
    eventFor(workspace, 'page.created', page, { entityId: 'no id', parent: { id: 'none' } }),
  ]) {
    expect(await prove(event)).toBe('refused')
  }
})

test('a page that access was withdrawn from, with its database, is no proof', async () => {
  const { workspace, page, database, prove, ours } = await proving()
  workspace.withdrawAccess(page)
  // Its database can be read: a stranger does not know that one either.
  expect(await prove(eventFor(workspace, 'page.created', page))).toEqual(ours)
  workspace.withdrawAccess(database.id)
  expect(await prove(eventFor(workspace, 'page.created', page))).toBe('refused')
})

test.each([
  ['nothing', ''],
  ['no JSON', '{'],
  ['a token', '{"verification_token":"secret_aaaaaaaaaaaaaaaaaaaa"}'],
  ['a list', '[]'],
  ['null', 'null'],
])('what is no event is refused: %s', async (_, body) => {
  const { prove, paths } = await proving()
  expect(await prove(body)).toBe('refused')
  expect(paths).toEqual([])
})

test.each(['constructor', '__proto__', 'toString', 'hasOwnProperty', 'block', ''])(
  'an entity of a type that nobody can read is refused, not a fault: "%s"',
  async (type) => {
    const { workspace, page, prove } = await proving()
    const event = { id: 'e1', type: 'page.created', workspace_id: workspace.id, entity: { id: page, type } }
    expect(await prove(event)).toBe('refused')
  },
)

test('where Notion refuses the token, fails, breaks off or is away, nothing is decided', async () => {
  const { simulator, workspace, page, prove } = await proving()
  for (const status of [401, 500, 503] as const) {
    simulator.failNext({ match: /^\/v1\//, times: null, status })
    expect(await prove(eventFor(workspace, 'page.created', page)), String(status)).toBeNull()
    simulator.clearFaults()
  }
  await simulator.stop()
  expect(await prove(eventFor(workspace, 'page.created', page))).toBeNull()
})

test('where Notion fails for the page, but shows its database, that is enough', async () => {
  const { simulator, workspace, page, prove, ours } = await proving()
  simulator.failNext({ match: /^\/v1\/pages\//, times: null, status: 500 })
  expect(await prove(eventFor(workspace, 'page.created', page))).toEqual(ours)
})

test('the workspace of our token is asked for where it is not known yet; without an answer nothing is decided', async () => {
  const { simulator, workspace, page, prove, paths, ours } = await proving('untold')
  expect(await prove(eventFor(workspace, 'page.created', page, { workspaceId: STRANGE }))).toBe('refused')
  expect(paths).toEqual(['/v1/users/me'])
  expect(await prove(eventFor(workspace, 'page.created', page))).toEqual(ours)
  simulator.failNext({ match: /^\/v1\/users\/me/, times: null, status: 500 })
  expect(await prove(eventFor(workspace, 'page.created', page))).toBeNull()
  expect(await prove(eventFor(workspace, 'page.created', page, { workspaceId: STRANGE }))).toBeNull()
})
