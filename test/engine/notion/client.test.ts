import { describe, expect, onTestFinished, test } from 'vitest'
import { createRequestBudget } from '../../../electron/engine/notion/budget.ts'
import { createNotion, type Notion } from '../../../electron/engine/notion/client.ts'
import type { RawAnswer } from '../../../electron/engine/notion/sdk.ts'
import { startSimulator } from '../../../electron/simulator/server.ts'
import { parseNotionId } from '../../../shared/ids.ts'
import { endOfTurn } from '../../support/end-of-turn.ts'
import { createManualClock } from '../../support/manual-clock.ts'
import { notionAt } from '../../support/notion-at.ts'
import { body, createScriptedRequests, refusal } from '../../support/scripted-requests.ts'

const ID = '153104cd477e809d8dc4ff2d96ae3090'
const ME = { bot: { workspace_id: ID, workspace_name: 'Acme' } }

const scripted = (answer: (asked: string, nth: number) => RawAnswer) => {
  const clock = createManualClock()
  const ending = new AbortController()
  const requests = createScriptedRequests(answer)
  const budget = createRequestBudget(clock, 100)
  const reached: (string | null)[] = []
  const onReach = (failure: { readonly code: string } | null): void => {
    reached.push(failure?.code ?? null)
  }
  const notion = createNotion({ requests, budget, signal: ending.signal, onReach })
  return { clock, ending, requests, budget, reached, notion }
}

const page = (results: readonly unknown[], cursor: string | null, hasMore = cursor !== null): RawAnswer =>
  body({ object: 'list', results, next_cursor: cursor, has_more: hasMore })

describe('a rate limit', () => {
  test.each([
    [429, 'rate_limited', 90_000, 90_000],
    [529, 'service_overload', 3_000, 3_000],
    [529, 'unreadable_answer', undefined, 30_000],
    [429, 'rate_limited', 0, 1_000],
  ])('%i %s (Retry-After %s ms) pauses all requests for %i ms, and is no failure', async (status, code, asked, ms) => {
    const { clock, requests, budget, notion } = scripted((_asked, nth) =>
      nth === 1 ? refusal(status, code, asked === undefined ? {} : { retryAfterMs: asked }) : body(ME),
    )
    const first = notion.me()
    await endOfTurn()
    const others = [notion.me(), notion.me()]
    expect(budget.pausedUntil()).toBe(clock.now() + ms)
    clock.advance(ms - 1)
    await endOfTurn()
    expect(requests.asked).toHaveLength(1)
    clock.advance(1)
    const answers = await Promise.all([first, ...others])
    expect(answers.map((answer) => answer.ok)).toEqual([true, true, true])
    expect(requests.asked).toHaveLength(4)
    expect(budget.pausedUntil()).toBeNull()
  })

  test('is waited through as often as it comes', async () => {
    const { clock, requests, notion } = scripted((_asked, nth) =>
      nth < 6 ? refusal(429, 'rate_limited', { retryAfterMs: 60_000 }) : body(ME),
    )
    const answer = notion.me()
    for (let nth = 1; nth < 6; nth += 1) {
      await endOfTurn()
      expect(requests.asked).toHaveLength(nth)
      clock.advance(60_000)
    }
    expect(await answer).toMatchObject({ ok: true })
  })

  test('that blocks the connection is asked once, pauses nobody and is permanent', async () => {
    const additionalData = { rate_limit_reason: 'public_api_request_blocked' }
    const { requests, budget, notion } = scripted(() =>
      refusal(429, 'rate_limited', { retryAfterMs: 60_000, additionalData }),
    )
    const failure = { kind: 'permanent', code: 'public_api_request_blocked' }
    expect(await notion.me()).toMatchObject({ ok: false, failure })
    expect(requests.asked).toHaveLength(1)
    expect(budget.pausedUntil()).toBeNull()
  })

  test('of the simulator is kept to: its limit is met and no request is lost', async () => {
    const clock = createManualClock()
    const simulator = await startSimulator({ seed: 3, pagesPerDatabase: 2, requestsPerMinute: 2, clock })
    onTestFinished(() => simulator.stop())
    const notion = notionAt(simulator.url, { clock })
    expect([await notion.me(), await notion.me()].map((answer) => answer.ok)).toEqual([true, true])
    const paused = clock.nextTimer()
    const third = notion.me()
    await paused
    clock.advance(60_000)
    expect(await third).toMatchObject({ ok: true })
  })
})

test('Any other refusal is told after one request', async () => {
  const { requests, notion } = scripted(() => refusal(503, 'service_unavailable'))
  expect(await notion.page(ID)).toMatchObject({
    ok: false,
    failure: { kind: 'transient', code: 'service_unavailable' },
  })
  expect(requests.asked).toHaveLength(1)
})

test('Aborting gives up a request that waits for the budget', async () => {
  const { ending, requests, budget, notion } = scripted(() => body(ME))
  budget.pauseFor(60_000)
  const answer = notion.me()
  ending.abort()
  await expect(answer).rejects.toThrow()
  expect(requests.asked).toEqual([])
})

describe('a list', () => {
  test('is collected to its end, each part asked for with the cursor of the one before', async () => {
    const { requests, notion } = scripted((_asked, nth) => page([nth], nth < 3 ? `at${nth}` : null))
    expect(await notion.propertyItems(ID, 'a%3Ab')).toEqual({ ok: true, value: [1, 2, 3] })
    const asked = 'propertyItems 153104cd-477e-809d-8dc4-ff2d96ae3090 a%3Ab'
    expect(requests.asked).toEqual([`${asked} start`, `${asked} at1`, `${asked} at2`])
  })

  test.each<readonly [string, (nth: number) => RawAnswer]>([
    ['says that there is more, but not where', () => page([1], null, true)],
    ['says where there is more, but not that there is', () => page([1], 'at1', false)],
    ['never moves on', () => page([1], 'at1')],
    ['is cut short at its second part', (nth) => (nth === 1 ? page([1], 'at1') : page([2], null, true))],
    ['lacks its results', () => body({ has_more: false, next_cursor: null })],
    ['is none', () => body(null)],
  ])('that %s is a failure, never a short list', async (_what, answer) => {
    const { notion } = scripted((_asked, nth) => answer(nth))
    const failure = { kind: 'permanent', code: 'unexpected_answer' }
    expect(await notion.propertyItems(ID, 'p')).toMatchObject({ ok: false, failure })
    expect(await notion.findDataSources()).toMatchObject({ ok: false, failure })
  })

  test('whose second part is refused is a failure as a whole', async () => {
    const { notion } = scripted((_asked, nth) => (nth === 1 ? page([1], 'at1') : refusal(502, 'unreadable_answer')))
    expect(await notion.propertyItems(ID, 'p')).toMatchObject({ ok: false, failure: { kind: 'transient' } })
  })
})

const SINGLE: readonly (readonly [name: string, ask: (notion: Notion) => Promise<unknown>])[] = [
  ['me', (notion) => notion.me()],
  ['page', (notion) => notion.page(ID)],
  ['content', (notion) => notion.content(ID)],
  ['dataSource', (notion) => notion.dataSource(ID)],
  ['database', (notion) => notion.database(ID)],
]

test.each(SINGLE)('An answer of another shape to %s is a failure, whatever it is', async (_name, ask) => {
  for (const odd of [null, [], 'text', 7, {}, { object: 'page', id: ID, properties: [] }]) {
    const { notion } = scripted(() => body(odd))
    expect(await ask(notion)).toMatchObject({ ok: false, failure: { kind: 'permanent', code: 'unexpected_answer' } })
  }
})

test('Against a workspace: who we are, a page with its text, its data source and database, and the search', async () => {
  const simulator = await startSimulator({ seed: 3, pagesPerDatabase: 4, requestsPerMinute: null })
  onTestFinished(() => simulator.stop())
  const { workspace } = simulator
  for (let more = 0; more < 120; more += 1) workspace.addDatabase(`Shelf ${more}`)
  const notion = notionAt(simulator.url)
  expect(await notion.me()).toEqual({ ok: true, value: { id: workspace.id, name: workspace.name } })

  const [database] = workspace.databases
  const pageId = workspace.pageIds(database!.title)[0]!
  expect(await notion.page(parseNotionId(pageId)!)).toMatchObject({ ok: true, value: { id: pageId } })
  const text = { ok: true, value: { markdown: workspace.markdown(pageId), truncated: false } }
  expect(await notion.content(parseNotionId(pageId)!)).toEqual(text)

  const sourceId = parseNotionId(database!.dataSourceId)!
  const databaseId = parseNotionId(database!.id)!
  expect(await notion.dataSource(sourceId)).toMatchObject({
    ok: true,
    value: { id: sourceId, databaseId, title: database!.title, isInTrash: false },
  })
  expect(await notion.database(databaseId)).toEqual({
    ok: true,
    value: { id: databaseId, title: database!.title, isInTrash: false, dataSourceIds: [sourceId] },
  })
  const found = await notion.findDataSources()
  const titles = found.ok ? found.value.map((source) => source.title) : []
  expect(titles.toSorted()).toEqual(workspace.databases.map(({ title }) => title).toSorted())
})

test('A page that Notion does not find is a missing object', async () => {
  const simulator = await startSimulator({ seed: 3, pagesPerDatabase: 1, requestsPerMinute: null })
  onTestFinished(() => simulator.stop())
  const failure = { code: 'object_not_found', about: 'missing object' }
  expect(await notionAt(simulator.url).page(ID)).toMatchObject({ ok: false, failure })
})

test('a Notion that gives no answer, or does not accept the token, is told at once, and until it answers again', async () => {
  const answers: RawAnswer[] = [
    { kind: 'no-answer', reason: 'network', detail: 'refused' },
    { kind: 'no-answer', reason: 'cut', detail: 'other side closed' },
    refusal(401, 'unauthorized'),
    refusal(404, 'object_not_found'),
    body(ME),
  ]
  const { notion, reached } = scripted((_, nth) => answers[nth - 1]!)
  for (const _ of answers) await notion.me()
  expect(reached).toStrictEqual(['unreachable', 'connection_lost', 'unauthorized', null, null])
})
