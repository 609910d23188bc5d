import { describe, expect, onTestFinished, test } from 'vitest'
import { failureOfRefusal, failureOfSilence, isRateLimit } from '../../../electron/engine/notion/failures.ts'
import type { NotionRequests, RawAnswer } from '../../../electron/engine/notion/sdk.ts'
import { startSimulator } from '../../../electron/simulator/server.ts'
import { answering, freePort, type Respond, startAnsweringServer } from '../../support/answering-server.ts'
import { requestsAt } from '../../support/notion-at.ts'
import { UNKNOWN_NAME } from '../../support/unknown-name.ts'

const PAGE = '153104cd-477e-809d-8dc4-ff2d96ae3090'
const HTML = '<html><body><h1>Bad gateway</h1></body></html>'

const ALL: readonly (readonly [name: string, ask: (requests: NotionRequests) => Promise<RawAnswer>])[] = [
  ['me', (requests) => requests.me()],
  ['page', (requests) => requests.page(PAGE)],
  ['markdown', (requests) => requests.markdown(PAGE)],
  ['propertyItems', (requests) => requests.propertyItems(PAGE, 'a%3Ab', null)],
  ['dataSource', (requests) => requests.dataSource(PAGE)],
  ['database', (requests) => requests.database(PAGE)],
  ['searchDataSources', (requests) => requests.searchDataSources('at0')],
]

/** What a request comes to, in the words that a person gets. */
const told = (answer: RawAnswer) => {
  if (answer.kind === 'body') return 'a body'
  return answer.kind === 'refused' ? failureOfRefusal(answer) : failureOfSilence(answer)
}

const askedOf = async (respond: Respond, answerLimitMs?: number): Promise<RawAnswer> => {
  const { url } = await startAnsweringServer(respond)
  return requestsAt(url, answerLimitMs === undefined ? {} : { answerLimitMs }).page(PAGE)
}

const stalledBody: Respond = (response) => {
  response.writeHead(200, { 'content-type': 'application/json', 'content-length': '1000' })
  response.write('{"object":"page",')
}

/** The headers and the beginning of a body, then `cut`. */
const cutWithin =
  (status: number, cut: Respond): Respond =>
  (response, path) => {
    response.writeHead(status, { 'content-type': 'application/json', 'content-length': '1000' })
    response.write('{"object":"page",')
    setImmediate(() => {
      cut(response, path)
    })
  }

describe('Notion’s own refusals', () => {
  test.each([
    [400, 'validation_error', 'permanent'],
    [401, 'unauthorized', 'permanent'],
    [403, 'restricted_resource', 'permanent'],
    [404, 'object_not_found', 'permanent'],
    [409, 'conflict_error', 'transient'],
    [429, 'rate_limited', 'rate-limited'],
    [500, 'internal_server_error', 'transient'],
    [503, 'service_unavailable', 'transient'],
    [504, 'gateway_timeout', 'transient'],
    [529, 'service_overload', 'rate-limited'],
  ])('with status %i arrive as %s, %s, whatever is asked for', async (status, code, kind) => {
    const simulator = await startSimulator({ seed: 3, pagesPerDatabase: 2 })
    onTestFinished(() => simulator.stop())
    simulator.failNext({ times: ALL.length, status })
    const requests = requestsAt(simulator.url)
    const answers = await Promise.all(ALL.map(([, ask]) => ask(requests)))
    expect(answers.map(told)).toMatchObject(ALL.map(() => ({ code, kind })))
    expect(simulator.requests()).toBe(ALL.length)
  })

  test('keep their code also where the SDK does not know it', async () => {
    const answer = await askedOf(answering(400, { object: 'error', code: 'missing_version', message: 'No version.' }))
    expect(told(answer)).toMatchObject({ kind: 'permanent', code: 'missing_version' })
    const odd = await askedOf(answering(500, { object: 'error', code: 'constructor', message: 'Odd.' }))
    expect(told(odd)).toMatchObject({ kind: 'transient', code: 'constructor', message: expect.any(String) })
  })

  test('say how long to wait, and why', async () => {
    const body = { code: 'rate_limited', message: 'Slow down.', additional_data: { rate_limit_reason: 'workspace' } }
    const answer = await askedOf(answering(429, body, { 'retry-after': '75' }))
    expect(answer).toMatchObject({ retryAfterMs: 75_000, additionalData: { rate_limit_reason: 'workspace' } })
  })

  test.each([{}, { 'retry-after': 'soon' }, { 'retry-after': '-3' }])(
    'without a time that can be read name none (%j)',
    async (headers) => {
      expect(await askedOf(answering(529, HTML, headers))).toMatchObject({ kind: 'refused', retryAfterMs: null })
    },
  )
})

describe('answers that are not Notion’s', () => {
  const readable: readonly (readonly [what: string, respond: Respond])[] = [
    ['HTML with status 200', answering(200, HTML)],
    ['HTML with status 403', answering(403, HTML)],
    ['HTML with status 502', answering(502, HTML)],
    ['broken JSON', answering(200, '{"object":"page",')],
    ['an empty body', answering(200, '')],
    ['an empty body with status 500', answering(500, '')],
    ['JSON without a code', answering(503, { message: 'no code' })],
  ]

  test.each(readable)('%s is transient and called unreadable', async (_what, respond) => {
    expect(told(await askedOf(respond))).toMatchObject({ kind: 'transient', code: 'unreadable_answer' })
  })

  test('HTML with status 429 or 529 asks to wait like Notion itself', async () => {
    for (const status of [429, 529]) {
      const answer = await askedOf(answering(status, HTML, { 'retry-after': '7' }))
      expect(answer).toMatchObject({ kind: 'refused', retryAfterMs: 7_000 })
      expect(answer.kind === 'refused' && isRateLimit(answer)).toBe(true)
    }
  })

  test.each(['null', '"text"', '[]', '7'])('the JSON %s is handed on as it is', async (json) => {
    expect(await askedOf(answering(200, json))).toEqual({ kind: 'body', body: JSON.parse(json) })
  })
})

describe('no answer', () => {
  test('Where nobody listens, Notion is unreachable, with the reason', async () => {
    const port = await freePort()
    for (const host of ['127.0.0.1', 'localhost']) {
      const failure = told(await requestsAt(`http://${host}:${port}`).page(PAGE))
      expect(failure).toMatchObject({ kind: 'transient', code: 'unreachable' })
      expect(failure).toHaveProperty('message', expect.stringContaining('ECONNREFUSED'))
    }
  })

  test('A token that no header can carry is told without the token', async () => {
    const token = 'ntn_1234567890abcdefghij\nof the second line'
    const failure = told(await requestsAt('http://127.0.0.1:9', { token }).page(PAGE))
    expect(JSON.stringify(failure)).toContain('[hidden]')
    expect(JSON.stringify(failure)).not.toMatch(/ntn_|second line/)
  })

  test('A name that cannot be looked up is unreachable as well', async () => {
    const failure = told(await requestsAt(`http://${UNKNOWN_NAME}`).page(PAGE))
    expect(failure).toMatchObject({ kind: 'transient', code: 'unreachable' })
    expect(failure).toHaveProperty('message', expect.stringContaining('getaddrinfo'))
  })

  test.each<readonly [string, Respond]>([
    ['closed before the answer', (response) => response.destroy()],
    ['reset before the answer', (response) => response.socket?.resetAndDestroy()],
    ['closed within the headers', (response) => response.socket?.end('HTTP/1.1 200 OK\r\ncontent-le')],
    ['closed within the body', cutWithin(200, (response) => response.destroy())],
    ['reset within the body', cutWithin(200, (response) => response.socket?.resetAndDestroy())],
    ['closed within the body of a refusal', cutWithin(503, (response) => response.destroy())],
    ['left by what is no HTTP', (response) => response.socket?.end('220 mail.example ESMTP\r\n')],
  ])('A connection that is %s is lost, which is not being offline', async (_what, respond) => {
    const failure = told(await askedOf(respond))
    expect(failure).toMatchObject({ kind: 'transient', code: 'connection_lost' })
    expect(failure).toHaveProperty('message', expect.stringMatching(/^The connection to Notion broke off .+\.$/))
  })

  test.each<readonly [string, Respond]>([
    ['headers', () => undefined],
    ['a body', stalledBody],
  ])('%s that never come end at the time limit', async (_what, respond) => {
    expect(told(await askedOf(respond, 60))).toMatchObject({ kind: 'transient', code: 'no_answer' })
  })

  test.each<readonly [string, Respond]>([
    ['headers', () => undefined],
    ['the body', stalledBody],
  ])('Aborting gives up a request that waits for %s', async (_what, respond) => {
    const ending = new AbortController()
    const { url } = await startAnsweringServer((response, path) => {
      respond(response, path)
      setImmediate(() => {
        ending.abort()
      })
    })
    const answer = await requestsAt(url, { signal: ending.signal }).page(PAGE)
    expect(answer).toMatchObject({ kind: 'no-answer', reason: 'cut' })
    expect(await requestsAt(url, { signal: ending.signal }).me()).toMatchObject({ kind: 'no-answer' })
  })
})

test('Each request goes to its own address, property ids as the page prints them', async () => {
  const server = await startAnsweringServer(answering(200, {}))
  const requests = requestsAt(server.url)
  for (const [, ask] of ALL) expect(await ask(requests)).toEqual({ kind: 'body', body: {} })
  await requests.propertyItems(PAGE, 'title', 'next')
  expect(server.asked).toEqual([
    '/v1/users/me',
    `/v1/pages/${PAGE}`,
    `/v1/pages/${PAGE}/markdown`,
    `/v1/pages/${PAGE}/properties/a%3Ab?page_size=100`,
    `/v1/data_sources/${PAGE}`,
    `/v1/databases/${PAGE}`,
    '/v1/search',
    expect.stringMatching(/^\/v1\/pages\/[0-9a-f-]+\/properties\/title\?(?=.*start_cursor=next)(?=.*page_size=100)/),
  ])
})

test('the date of an answer is told as it arrives, of refusals too; one that is none is not', async () => {
  const dates: number[] = []
  const ask = async (headers: Readonly<Record<string, string>>, status = 200): Promise<void> => {
    const { url } = await startAnsweringServer((response, path) => {
      response.sendDate = false
      answering(status, {}, headers)(response, path)
    })
    await requestsAt(url, { onDate: (dateMs) => dates.push(dateMs) }).me()
  }
  await ask({ date: 'Mon, 23 Nov 2026 12:00:00 GMT' })
  await ask({ date: 'Mon, 23 Nov 2026 12:00:07 GMT' }, 401)
  await ask({ date: 'yesterday' })
  await ask({})
  expect(dates).toEqual([Date.UTC(2026, 10, 23, 12), Date.UTC(2026, 10, 23, 12, 0, 7)])
})
