import { afterEach, describe, expect, test } from 'vitest'
import { z } from 'zod'
import type { Clock } from '../../electron/engine/foundation/clock.ts'
import { type Simulator, type SimulatorOptions, startSimulator } from '../../electron/simulator/server.ts'

const running: Simulator[] = []

afterEach(async () => {
  await Promise.all(running.splice(0).map((simulator) => simulator.stop()))
})

const errorSchema = z.strictObject({
  object: z.literal('error'),
  status: z.int(),
  code: z.string(),
  message: z.string(),
  additional_data: z.record(z.string(), z.string()).optional(),
  request_id: z.uuid(),
})

const PROPER = { authorization: 'Bearer ntn_anything', 'notion-version': '2026-03-11' }

const start = async (options: Partial<SimulatorOptions> = {}) => {
  const time = { nowMs: Date.UTC(2026, 9, 5, 10, 20, 30) }
  const clock: Clock = {
    now: () => time.nowMs,
    monotonicMs: () => time.nowMs,
    after: () => ({ cancel: () => undefined }),
    sleep: () => Promise.resolve(),
  }
  const simulator = await startSimulator({ seed: 3, pagesPerDatabase: 20, clock, ...options })
  running.push(simulator)
  const get = async (path: string, headers: Record<string, string> = PROPER) => {
    const response = await fetch(`${simulator.url}${path}`, { headers })
    return { status: response.status, headers: response.headers, body: await response.json() }
  }
  const refusal = async (path: string, headers?: Record<string, string>) => {
    const answer = await get(path, headers)
    const error = errorSchema.parse(answer.body)
    expect(error.status).toBe(answer.status)
    return { ...error, headers: answer.headers }
  }
  return { simulator, time, get, refusal }
}

describe('who may ask', () => {
  test('any bearer token is accepted when none is set, and no request without one', async () => {
    const { get, refusal } = await start()
    expect((await get('/v1/users/me')).status).toBe(200)
    for (const headers of [{}, { authorization: 'Basic abc' }, { authorization: 'Bearer ' }]) {
      expect(await refusal('/v1/users/me', { 'notion-version': '2026-03-11', ...headers })).toMatchObject({
        status: 401,
        code: 'unauthorized',
        message: 'API token is invalid.',
      })
    }
  })

  test('when a token is set, another one is refused', async () => {
    const { get, refusal } = await start({ token: 'ntn_right' })
    expect((await get('/v1/users/me', { ...PROPER, authorization: 'Bearer ntn_right' })).status).toBe(200)
    expect(await refusal('/v1/users/me')).toMatchObject({ status: 401, code: 'unauthorized' })
  })

  test('a request without a version is refused', async () => {
    const { refusal } = await start()
    expect(await refusal('/v1/users/me', { authorization: 'Bearer x' })).toMatchObject({
      status: 400,
      code: 'missing_version',
      message:
        'Notion-Version header failed validation: Notion-Version header should be defined, instead was `undefined`.',
    })
  })
})

describe('what does not exist', () => {
  test('an unknown page, database and data source are not found, in the words of the API', async () => {
    const { simulator, refusal } = await start()
    const id = '2600ce2a-6520-801c-86cb-fd0b73eb91de'
    for (const [path, noun] of [
      [`pages/${id}`, 'page'],
      [`pages/${id}/markdown`, 'page'],
      [`pages/${id}/properties/title`, 'page'],
      [`databases/${id}`, 'database'],
      [`data_sources/${id}`, 'database'],
    ]) {
      const error = await refusal(`/v1/${path}`)
      expect(error).toMatchObject({ status: 404, code: 'object_not_found' })
      expect(error.message).toMatch(`Could not find ${noun} with ID: ${id}. Make sure the relevant pages and databases`)
      expect(error.additional_data).toEqual({ integration_id: simulator.workspace.botId })
    }
  })

  test('an id that is no UUID is refused, also one of a version that does not exist; the nil UUID is one', async () => {
    const { refusal } = await start()
    const words = (parameter: string, id: string) =>
      `path failed validation: path.${parameter} should be a valid uuid, instead was \`"${id}"\`.`
    const odd = '12345678-1234-1234-1234-123456789abc'
    expect(await refusal('/v1/pages/AAA')).toMatchObject({
      status: 400,
      code: 'validation_error',
      message: words('page_id', 'AAA'),
    })
    expect((await refusal(`/v1/pages/${odd}`)).message).toBe(words('page_id', odd))
    expect((await refusal('/v1/databases/AAA')).message).toBe(words('database_id', 'AAA'))
    expect((await refusal('/v1/data_sources/AAA')).message).toBe(words('data_source_id', 'AAA'))
    expect((await refusal('/v1/pages/00000000-0000-0000-0000-000000000000')).code).toBe('object_not_found')
  })

  test('an unknown address is an invalid request URL', async () => {
    const { refusal } = await start()
    for (const path of ['/v1/invalid', '/', '/v1/pages', '/v1/search']) {
      expect(await refusal(path)).toMatchObject({
        status: 400,
        code: 'invalid_request_url',
        message: 'Invalid request URL.',
      })
    }
  })

  test('a body that is no JSON, and one that breaks the rules, are refused', async () => {
    const { simulator } = await start()
    const post = async (path: string, body: string) => {
      const response = await fetch(`${simulator.url}${path}`, { method: 'POST', headers: PROPER, body })
      return errorSchema.parse(await response.json())
    }
    const query = `/v1/data_sources/${simulator.workspace.databases[0]?.dataSourceId ?? ''}/query`
    expect(await post('/v1/search', '{')).toMatchObject({ status: 400, code: 'invalid_json' })
    expect((await post(query, '{"page_size":101}')).message).toBe(
      'body failed validation: body.page_size should be ≤ `100`, instead was `101`.',
    )
    expect((await post(query, '{"start_cursor":"x"}')).message).toContain('start_cursor')
    expect((await post('/v1/search', '{"filter":{"property":"object","value":"database"}}')).message).toBe(
      'body failed validation: body.filter.value should be `"page"` or `"data_source"`, instead was `"database"`.',
    )
  })
})

describe('the rate limit', () => {
  test('lets 180 requests a minute through, then says how long the minute still lasts, then opens again', async () => {
    const { time, get, refusal } = await start()
    for (let request = 0; request < 180; request += 1) expect((await get('/v1/users/me')).status).toBe(200)
    time.nowMs += 17_500
    const error = await refusal('/v1/users/me')
    expect(error).toMatchObject({ status: 429, code: 'rate_limited' })
    expect(error.additional_data).toMatchObject({ rate_limit_reason: 'public_api_request_rate_limit' })
    expect(error.headers.get('retry-after')).toBe('43')
    time.nowMs += 42_500
    expect((await get('/v1/users/me')).status).toBe(200)
  })

  test('can be set, and lifted', async () => {
    const strict = await start({ requestsPerMinute: 2 })
    const answers = [1, 2, 3].map(async () => (await strict.get('/v1/users/me')).status)
    expect((await Promise.all(answers)).toSorted()).toEqual([200, 200, 429])
    const open = await start({ requestsPerMinute: null })
    const statuses = await Promise.all(Array.from({ length: 200 }, async () => (await open.get('/v1/users/me')).status))
    expect(new Set(statuses)).toEqual(new Set([200]))
    expect(open.simulator.requests()).toBe(200)
  })
})

describe('planned faults', () => {
  test('hit as many requests as planned, only on paths that fit, and everything counts as a request', async () => {
    const { simulator, get, refusal } = await start()
    const id = simulator.workspace.pageIds('Actionable Tasks')[0] ?? ''
    simulator.failNext({ match: /\/pages\//g, times: 2, status: 503 })
    expect((await get('/v1/users/me')).status).toBe(200)
    expect(await refusal(`/v1/pages/${id}`)).toMatchObject({ status: 503, code: 'service_unavailable' })
    expect(await refusal(`/v1/pages/${id}`)).toMatchObject({ status: 503 })
    expect((await get(`/v1/pages/${id}`)).status).toBe(200)
    expect(simulator.requests()).toBe(4)
  })

  test('carry the given body and headers, and a text is sent as HTML', async () => {
    const { simulator, get } = await start()
    const body = { object: 'error', status: 429, code: 'rate_limited', message: 'Blocked.' }
    simulator.failNext({ times: 1, status: 429, body, headers: { 'retry-after': '120' } })
    simulator.failNext({ times: 1, status: 502 })
    const answer = await get('/v1/users/me')
    expect([answer.status, answer.body, answer.headers.get('retry-after')]).toEqual([429, body, '120'])
    const html = await fetch(`${simulator.url}/v1/users/me`, { headers: PROPER })
    expect([html.status, html.headers.get('content-type')]).toEqual([502, 'text/html'])
    expect(await html.text()).toContain('<h1>502</h1>')
  })
})

describe('held answers', () => {
  test('leave when they are released, and say what was true when they were asked for', async () => {
    const { simulator, get } = await start()
    const id = simulator.workspace.pageIds('Actionable Tasks')[0] ?? ''
    const reached = Promise.withResolvers<string>()
    const release = Promise.withResolvers<undefined>()
    simulator.beforeAnswer((path) => {
      reached.resolve(path)
      return release.promise
    })
    const held = get(`/v1/pages/${id}?filter_properties=title`)
    expect(await reached.promise).toBe(`/v1/pages/${id}`)
    const before = simulator.workspace.titleOf(id)
    simulator.workspace.editPage(id, { title: 'Edited while the answer was under way' })
    release.resolve(undefined)
    expect(JSON.stringify((await held).body)).toContain(before)
    simulator.beforeAnswer(null)
    expect(JSON.stringify((await get(`/v1/pages/${id}`)).body)).toContain('Edited while the answer was under way')
  })

  test('do not keep the simulator from stopping', async () => {
    const { simulator, get } = await start()
    const reached = Promise.withResolvers<string>()
    simulator.beforeAnswer((path) => {
      reached.resolve(path)
      return Promise.withResolvers<undefined>().promise
    })
    const held = get('/v1/users/me')
    await reached.promise
    await simulator.stop()
    expect((await held).status).toBe(200)
  })
})
