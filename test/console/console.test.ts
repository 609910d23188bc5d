import { networkInterfaces } from 'node:os'
import { createConnection } from 'node:net'
import { describe, expect, onTestFinished, test } from 'vitest'
import { type ConsoleOptions, startConsole } from '../../electron/console/console.ts'
import { unreadStatusText } from '../../electron/console/status-text.ts'
import { StartError } from '../../electron/engine/engine.ts'
import type { EngineStatus } from '../../shared/status.ts'
import { healthSchema } from '../../shared/status.ts'
import { consoleOptions } from '../support/console-options.ts'
import { engineStatus } from '../support/engine-status.ts'
import { redactorOf } from '../support/redactor-of.ts'
import { rawExchange, rawRequest } from '../support/raw-request.ts'

const start = async (status: () => EngineStatus = () => engineStatus(), changes: Partial<ConsoleOptions> = {}) => {
  const running = await startConsole(consoleOptions({ where: 'settings.yaml, console.port', status, ...changes }))
  onTestFinished(running.stop)
  const port = Number(new URL(running.url).port)
  const get = (target: string, headers: readonly (readonly [string, string])[] = [], method = 'GET') =>
    rawRequest(port, { method, target, headers })
  return { ...running, port, get }
}

describe('GET /health', () => {
  test('gives what the engine says at that moment, in the shape of the contract', async () => {
    let status = engineStatus()
    const { url } = await start(() => status)
    const ask = async () => healthSchema.parse(await (await fetch(`${url}/health`)).json())
    expect(await ask()).toMatchObject({ status: 'healthy', queue_size: 0, last_event: null })
    status = engineStatus({
      state: 'degraded',
      jobs: { ...status.jobs, waiting: 2, active: 1 },
      lastEventAt: '2026-11-23T12:00:00.000Z',
    })
    expect(await ask()).toMatchObject({ status: 'degraded', queue_size: 3, last_event: '2026-11-23T12:00:00.000Z' })
  })

  test('is 200 JSON with exactly the fields that it has to have, and no secret is needed', async () => {
    const { get } = await start()
    const answer = await get('/health')
    expect(answer.status).toBe(200)
    expect(answer.headers['content-type']).toMatch(/^application\/json/)
    expect(Object.keys(JSON.parse(answer.body) as object)).toStrictEqual([
      'status',
      'queue_size',
      'metrics',
      'last_event',
    ])
  })
})

test('GET / is the status as a person reads it, as plain text', async () => {
  const { get } = await start()
  const answer = await get('/')
  expect(answer.status).toBe(200)
  expect(answer.headers['content-type']).toBe('text/plain; charset=utf-8')
  expect(answer.body).toMatch(/^Blackcore Sync +healthy$/m)
})

describe('where how things stand cannot be read', () => {
  const broken = () => {
    throw Object.assign(new Error('broken for MY-SECRET'), { code: 'EIO' })
  }
  const sentence =
    'How things stand cannot be read: the disk refuses (broken for [hidden]). Check its space and its permissions, then try again.'
  const { redact } = redactorOf('MY-SECRET')

  test('/health is degraded with the reason, the page says it as a problem, and both are 503', async () => {
    const { get } = await start(broken, { redact })
    const health = await get('/health')
    expect(health.status).toBe(503)
    expect(JSON.parse(health.body)).toEqual({ status: 'degraded', error: sentence })
    const page = await get('/')
    expect(page).toMatchObject({ status: 503, body: unreadStatusText(sentence) })
    expect(page.headers['content-type']).toBe('text/plain; charset=utf-8')
  })

  test('/metrics is 503 with the reason, which Prometheus shows as a target that is down', async () => {
    const { get } = await start(undefined, { redact, metrics: async () => broken() })
    expect(await get('/metrics')).toMatchObject({ status: 503, body: `${sentence}\n` })
  })

  test('that is over as soon as it can be read', async () => {
    let isBroken = true
    const { get } = await start(() => (isBroken ? broken() : engineStatus()))
    expect((await get('/health')).status).toBe(503)
    isBroken = false
    expect(await get('/health')).toMatchObject({ status: 200 })
  })
})

test('anything else is 404, the path of the webhook included', async () => {
  const { get } = await start()
  expect((await get('/nothing')).status).toBe(404)
  expect((await get('/webhooks/notion', [], 'POST')).status).toBe(404)
  expect((await get('/health', [], 'POST')).status).toBe(404)
  const odd = (await get('/%zz')).status
  expect(odd === 400 || odd === 404).toBe(true)
})

describe('who may ask', () => {
  const REFUSAL = { error: 'The console answers only to this machine: use http://127.0.0.1.' }

  test.each(['127.0.0.1', 'localhost', 'LOCALHOST', '[::1]'])('this machine, under the name %s', async (name) => {
    const { get, port } = await start()
    for (const host of [name, `${name}:${port}`]) {
      expect((await get('/health', [['Host', host]])).status, host).toBe(200)
    }
  })

  test.each([
    'evil.example',
    'evil.example:8001',
    '127.0.0.1.evil.example',
    'localhost.evil.example',
    'evil.example:127.0.0.1',
    'localhost.',
    '127.0.0.2',
    '0.0.0.0',
    '[::ffff:127.0.0.1]',
    'localhost@evil.example',
    'localhost:8001:9',
    '',
  ])('nobody under another name, as DNS rebinding would: "%s"', async (host) => {
    const { get } = await start()
    for (const target of ['/health', '/', '/nothing']) {
      const answer = await get(target, [['Host', host]])
      expect(answer.status, target).toBe(403)
      expect(JSON.parse(answer.body)).toStrictEqual(REFUSAL)
    }
  })

  test('nobody who names no host at all', async () => {
    const { port } = await start()
    expect((await rawExchange(port, Buffer.from('GET /health HTTP/1.0\r\n\r\n'))).status).toBe(403)
    expect((await rawExchange(port, Buffer.from('GET /health HTTP/1.1\r\n\r\n'))).status).toBe(400)
  })

  test('a page of the console itself, and no other page of the browser', async () => {
    const { get, port } = await start()
    const from = async (origin: string) => (await get('/health', [['Origin', origin]])).status
    expect(await from(`http://127.0.0.1:${port}`)).toBe(200)
    for (const origin of [
      `http://127.0.0.1:${port + 1}`,
      'http://127.0.0.1',
      `https://127.0.0.1:${port}`,
      `http://localhost:${port}`,
      `http://127.0.0.1:${port}/`,
      `http://127.0.0.1:${port}.evil.example`,
      'http://evil.example',
      'file://',
      'null',
      '',
    ]) {
      expect(await from(origin), origin).toBe(403)
    }
  })

  test('no page is told that it may read the answer', async () => {
    const { get, port } = await start()
    const { headers } = await get('/health', [['Origin', `http://127.0.0.1:${port}`]])
    expect(Object.keys(headers).filter((name) => name.startsWith('access-control'))).toStrictEqual([])
  })
})

describe('where it listens', () => {
  test('is loopback, and nothing else', async () => {
    const { url, port } = await start()
    expect(url).toBe(`http://127.0.0.1:${port}`)
    const others = Object.values(networkInterfaces())
      .flatMap((addresses) => addresses ?? [])
      .filter(({ internal, family }) => !internal && family === 'IPv4')
    for (const { address } of others) {
      const outcome = await new Promise<string>((resolve) => {
        const socket = createConnection(port, address, () => {
          socket.destroy()
          resolve('connected')
        })
        socket.on('error', () => {
          resolve('refused')
        })
      })
      expect(outcome, address).toBe('refused')
    }
  })

  test('is told in one sentence when the port is taken, with the setting', async () => {
    const { port } = await start()
    const second = startConsole(consoleOptions({ port, where: 'settings.yaml, console.port' }))
    await expect(second).rejects.toThrow(
      `settings.yaml, console.port: 127.0.0.1:${port} is in use by another program. Stop that one, or choose another port.`,
    )
    await expect(second).rejects.toBeInstanceOf(StartError)
  })

  test('is free again when it was stopped', async () => {
    const { port, stop } = await start()
    await stop()
    const second = await startConsole(consoleOptions({ port }))
    expect(second.url).toBe(`http://127.0.0.1:${port}`)
    await second.stop()
  })
})
