import { once } from 'node:events'
import { connect, type Socket } from 'node:net'
import { Client, LogLevel, RequestTimeoutError } from '@notionhq/client'
import { afterEach, describe, expect, test } from 'vitest'
import { type Simulator, startSimulator } from '../../electron/simulator/server.ts'

const HEADERS = { authorization: 'Bearer x', 'notion-version': '2026-03-11' }
const running: Simulator[] = []
const sockets: Socket[] = []

afterEach(async () => {
  for (const socket of sockets.splice(0)) socket.destroy()
  await Promise.all(running.splice(0).map((simulator) => simulator.stop()))
})

const start = async () => {
  const simulator = await startSimulator({ seed: 3, pagesPerDatabase: 30 })
  running.push(simulator)
  const get = (path: string, signal: AbortSignal | null = null) =>
    fetch(`${simulator.url}${path}`, { headers: HEADERS, signal })
  return { simulator, get }
}

/** A connection that has sent one request; `received` grows with what comes back. */
const ask = ({ url }: Simulator, path: string) => {
  const socket = connect(Number(new URL(url).port), '127.0.0.1')
  sockets.push(socket)
  const answer = { received: '' }
  socket.setEncoding('latin1').on('data', (text: string) => {
    answer.received += text
  })
  socket.on('error', () => undefined)
  const closed = once(socket, 'close')
  const headers = Object.entries(HEADERS).map(([name, value]) => `${name}: ${value}\r\n`)
  socket.write(`GET ${path} HTTP/1.1\r\nhost: simulator\r\n${headers.join('')}\r\n`)
  return { socket, answer, closed }
}

describe('a request that is never answered', () => {
  test('waits until the simulator stops, which cuts the connection and does not wait for it', async () => {
    const { simulator, get } = await start()
    simulator.failNext({ kind: 'no-answer', times: 1 })
    const { answer, closed } = ask(simulator, '/v1/users/me')
    await expect.poll(() => simulator.requests()).toBe(1)
    expect((await get('/v1/users/me')).status).toBe(200)
    await simulator.stop()
    await closed
    expect(answer.received).toBe('')
  })

  test('runs into the time-out of the SDK', async () => {
    const { simulator } = await start()
    simulator.failNext({ kind: 'no-answer', times: null })
    const settings = {
      auth: 'x',
      baseUrl: simulator.url,
      retry: false,
      logLevel: LogLevel.ERROR,
      timeoutMs: 40,
    } as const
    await expect(new Client(settings).users.me({})).rejects.toThrow(RequestTimeoutError)
  })

  test('can be given up by its client, and the simulator still stops', async () => {
    const { simulator } = await start()
    simulator.failNext({ kind: 'no-answer', times: 1 })
    const { socket, closed } = ask(simulator, '/v1/users/me')
    await expect.poll(() => simulator.requests()).toBe(1)
    socket.destroy()
    await closed
    await simulator.stop()
  })
})

describe('a stalled body', () => {
  test('has the headers of the whole answer and the first half of its bytes, and the client can leave', async () => {
    const { simulator, get } = await start()
    const [id = ''] = simulator.workspace.pageIds('Organizations & Bodies')
    const path = `/v1/pages/${id}/markdown`
    const whole = await (await get(path)).text()
    simulator.failNext({ kind: 'stalled-body', times: 1 })
    const leaving = new AbortController()
    const stalled = await get(path, leaving.signal)
    const size = Number(stalled.headers.get('content-length'))
    expect([stalled.status, stalled.headers.get('content-type')]).toEqual([200, 'application/json; charset=utf-8'])
    expect(size).toBe(Buffer.byteLength(whole))
    const reader = stalled.body?.getReader()
    let text = ''
    while (text.length < Math.floor(size / 2))
      text += Buffer.from((await reader?.read())?.value ?? []).toString('latin1')
    expect(text).toBe(
      Buffer.from(whole)
        .toString('latin1')
        .slice(0, Math.floor(size / 2)),
    )
    const rest = reader?.read()
    leaving.abort()
    await expect(rest).rejects.toThrow('aborted')
    expect((await get(path)).status).toBe(200)
  })

  test('stays at its half until the simulator stops', async () => {
    const { simulator, get } = await start()
    simulator.failNext({ kind: 'stalled-body', times: 1 })
    const { answer, closed } = ask(simulator, '/v1/users/me')
    await expect.poll(() => answer.received).toContain('\r\n\r\n{')
    expect((await get('/v1/users/me')).status).toBe(200)
    await simulator.stop()
    await closed
    const [head = '', body = ''] = answer.received.split('\r\n\r\n')
    const size = Number(/content-length: (\d+)/i.exec(head)?.[1])
    expect(size).toBeGreaterThan(100)
    expect(body).toHaveLength(Math.floor(size / 2))
  })

  test('is half of the refusal when that is the proper answer', async () => {
    const { simulator, get } = await start()
    simulator.failNext({ kind: 'stalled-body', times: 1 })
    const leaving = new AbortController()
    expect((await get('/v1/pages/AAA', leaving.signal)).status).toBe(400)
    leaving.abort()
  })
})

test('a connection that asks for nothing does not keep the simulator from stopping', async () => {
  const { simulator } = await start()
  const socket = connect(Number(new URL(simulator.url).port), '127.0.0.1')
  sockets.push(socket)
  socket.on('error', () => undefined)
  const closed = once(socket.resume(), 'close')
  await once(socket, 'connect')
  await simulator.stop()
  await closed
})

test('a dropped connection is closed without a byte', async () => {
  const { simulator } = await start()
  simulator.failNext({ kind: 'drop', times: 1 })
  const { answer, closed } = ask(simulator, '/v1/users/me')
  await closed
  expect([answer.received, simulator.requests()]).toEqual(['', 1])
})
