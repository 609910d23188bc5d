import { afterEach, describe, expect, test } from 'vitest'
import { z } from 'zod'
import { type Simulator, startSimulator } from '../../electron/simulator/server.ts'

const HEADERS = { authorization: 'Bearer x', 'notion-version': '2026-03-11' }
const running: Simulator[] = []

afterEach(async () => {
  await Promise.all(running.splice(0).map((simulator) => simulator.stop()))
})

const start = async () => {
  const simulator = await startSimulator({ seed: 3, pagesPerDatabase: 5, token: 'x' })
  running.push(simulator)
  const call = async (method: string, path: string, body?: unknown) => {
    const response = await fetch(`${simulator.url}${path}`, {
      method,
      ...(body === undefined ? {} : { body: typeof body === 'string' ? body : JSON.stringify(body) }),
    })
    return { status: response.status, body: await response.json() }
  }
  const addFault = (plan: unknown) => call('POST', '/simulator/faults', plan)
  const setAccess = (wanted: unknown) => call('POST', '/simulator/access', wanted)
  const statusOf = async (path: string) => {
    const response = await fetch(`${simulator.url}${path}`, { headers: HEADERS })
    await response.text()
    return response.status
  }
  return { simulator, call, addFault, setAccess, statusOf }
}

const sentenceOf = ({ status, body }: { status: number; body: unknown }) => {
  expect(status).toBe(400)
  return z.strictObject({ error: z.string() }).parse(body).error
}

describe('faults over HTTP', () => {
  test('are planned, listed with what is left of them, and cleared, without a token and without counting', async () => {
    const { simulator, call, addFault, statusOf } = await start()
    const [id = ''] = simulator.workspace.pageIds('Actionable Tasks')
    const added = await addFault({ kind: 'status', status: 529, times: 3, match: '^/v1/pages/' })
    const fault = { kind: 'status', status: 529, times: 3, match: '^\\/v1\\/pages\\/' }
    expect(added).toEqual({ status: 200, body: { faults: [{ ...fault, left: 3 }] } })
    expect([await statusOf('/v1/users/me'), await statusOf(`/v1/pages/${id}`)]).toEqual([200, 529])
    expect((await call('GET', '/simulator/faults')).body).toEqual({ faults: [{ ...fault, left: 2 }] })
    expect(await call('DELETE', '/simulator/faults')).toEqual({ status: 200, body: { faults: [] } })
    expect(await statusOf(`/v1/pages/${id}`)).toBe(200)
    expect(simulator.requests()).toBe(3)
  })

  test('are for the next request alone when no number of times is given, and a status when no kind is', async () => {
    const { addFault, statusOf } = await start()
    await addFault({ status: 500 })
    expect([await statusOf('/v1/users/me'), await statusOf('/v1/users/me')]).toEqual([500, 200])
  })

  test('of every kind are taken as they are written', async () => {
    const { simulator, addFault } = await start()
    const plans = [
      { kind: 'status', times: 1, status: 429, body: { a: 1 }, headers: { 'retry-after': '3' } },
      { kind: 'latency', times: null, delayMs: 0, everyNth: 2 },
      { kind: 'no-answer', times: 1 },
      { kind: 'stalled-body', times: 1 },
      { kind: 'broken-json', times: 1 },
      { kind: 'html', times: 1, status: 503 },
      { kind: 'drop', times: 1 },
    ]
    for (const plan of plans) expect((await addFault(plan)).status).toBe(200)
    const { body } = await addFault({ kind: 'drop' })
    expect(body).toEqual({
      faults: [...plans, { kind: 'drop', times: 1 }].map((plan) => ({ ...plan, left: plan.times })),
    })
    expect(simulator.requests()).toBe(0)
  })

  test('never befall the switch itself, and are seen by the process that runs the simulator', async () => {
    const { simulator, call, addFault } = await start()
    simulator.failNext({ kind: 'drop', times: null })
    simulator.beforeAnswer(() => Promise.withResolvers<undefined>().promise)
    expect((await addFault({ kind: 'html' })).body).toMatchObject({ faults: [{ kind: 'drop' }, { kind: 'html' }] })
    simulator.clearFaults()
    expect((await call('GET', '/simulator/faults')).body).toEqual({ faults: [] })
  })

  test('that are written wrongly are refused in one sentence that names the key, and nothing is planned', async () => {
    const { call, addFault } = await start()
    for (const [plan, sentence] of [
      ['{', 'The body is no JSON.'],
      ['[]', 'The body has to be a JSON object.'],
      ['', 'status has to be a whole number from 200 to 599.'],
      [{ status: 99 }, 'status has to be a whole number from 200 to 599.'],
      [{ kind: 'slow' }, 'kind has to be one of: status, latency, no-answer, stalled-body, broken-json, html, drop.'],
      [{ kind: 'latency' }, 'delayMs has to be a whole number from 0 to 3600000.'],
      [{ kind: 'latency', delayMs: 0.5 }, 'delayMs has to be a whole number from 0 to 3600000.'],
      [{ kind: 'drop', delayMs: 5 }, 'The key "delayMs" has no meaning here.'],
      [{ kind: 'drop', match: '(' }, 'match has to be a regular expression as a text.'],
      [{ kind: 'drop', times: 0 }, 'times has to be a whole number of 1 or more, or null.'],
      [{ kind: 'drop', everyNth: null }, 'everyNth has to be a whole number of 1 or more.'],
      [{ status: 500, body: 3 }, 'body has to be an object, or a text that is sent as HTML.'],
      [{ status: 500, headers: { a: 1 } }, 'headers.a has to be a text.'],
      [{ status: 500, headers: { 'a b': '' } }, 'headers has to hold proper names and values of HTTP headers.'],
      [{ status: 500, headers: { a: 'x\r\ny: 1' } }, 'headers has to hold proper names and values of HTTP headers.'],
    ]) {
      expect(sentenceOf(await addFault(plan))).toBe(sentence)
    }
    expect((await call('GET', '/simulator/faults')).body).toEqual({ faults: [] })
  })
})

describe('access over HTTP', () => {
  test('is withdrawn and granted, without counting', async () => {
    const { simulator, setAccess, statusOf } = await start()
    const [id = ''] = simulator.workspace.pageIds('Actionable Tasks')
    expect(await setAccess({ id, shared: false })).toEqual({ status: 200, body: { id, shared: false } })
    expect(await statusOf(`/v1/pages/${id}`)).toBe(404)
    const compact = id.replaceAll('-', '')
    expect(await setAccess({ id: compact, shared: true })).toEqual({ status: 200, body: { id: compact, shared: true } })
    expect(await statusOf(`/v1/pages/${id}`)).toBe(200)
    expect(simulator.requests()).toBe(2)
  })

  test('can be withdrawn from a database, and not from what does not exist or is shared with its database only', async () => {
    const { simulator, setAccess, statusOf } = await start()
    const [database] = simulator.workspace.databases
    const [gone = ''] = simulator.workspace.pageIds('Actionable Tasks')
    simulator.workspace.deletePageForever(gone)
    expect((await setAccess({ id: database?.id, shared: false })).status).toBe(200)
    expect(await statusOf(`/v1/databases/${database?.id ?? ''}`)).toBe(404)
    for (const id of [gone, database?.dataSourceId ?? '', '2600ce2a-6520-801c-86cb-fd0b73eb91de']) {
      expect(sentenceOf(await setAccess({ id, shared: false }))).toBe(
        `The workspace has no page or database with the id ${id}.`,
      )
    }
  })

  test('that is written wrongly is refused in one sentence', async () => {
    const { simulator, setAccess } = await start()
    const [id = ''] = simulator.workspace.pageIds('Actionable Tasks')
    for (const [wanted, sentence] of [
      [{ shared: true }, 'id has to be the id of a page or a database.'],
      [{ id: 'x', shared: true }, 'id has to be the id of a page or a database.'],
      [{ id, shared: 'no' }, 'shared has to be true or false.'],
      [{ id, shared: true, user: 1 }, 'The key "user" has no meaning here.'],
      ['null', 'The body has to be a JSON object.'],
    ]) {
      expect(sentenceOf(await setAccess(wanted))).toBe(sentence)
    }
  })
})

test('another address or method of the switch is refused with what there is, and is no request to the API', async () => {
  const { simulator, call } = await start()
  expect(await call('PUT', '/simulator/faults', {})).toEqual({
    status: 405,
    body: { error: '/simulator/faults takes GET, POST, DELETE, and not PUT.' },
  })
  expect(await call('GET', '/simulator/fault')).toEqual({
    status: 404,
    body: { error: 'Nothing is switched at /simulator/fault: /simulator/faults, /simulator/access.' },
  })
  expect(simulator.requests()).toBe(0)
})
