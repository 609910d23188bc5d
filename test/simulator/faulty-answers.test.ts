import { APIResponseError, Client, isHTTPResponseError, LogLevel } from '@notionhq/client'
import { afterEach, describe, expect, test } from 'vitest'
import type { Clock } from '../../electron/engine/foundation/clock.ts'
import { type Simulator, type SimulatorOptions, startSimulator } from '../../electron/simulator/server.ts'

const running: Simulator[] = []

afterEach(async () => {
  await Promise.all(running.splice(0).map((simulator) => simulator.stop()))
})

const start = async (options: Partial<SimulatorOptions> = {}) => {
  const simulator = await startSimulator({ seed: 3, pagesPerDatabase: 5, ...options })
  running.push(simulator)
  const notion = new Client({
    auth: 'ntn_test',
    baseUrl: simulator.url,
    notionVersion: '2026-03-11',
    retry: false,
    logLevel: LogLevel.ERROR,
  })
  const me = async () => (await notion.users.me({})).id
  const raw = (path = '/v1/users/me') =>
    fetch(`${simulator.url}${path}`, { headers: { authorization: 'Bearer x', 'notion-version': '2026-03-11' } })
  return { simulator, notion, me, raw }
}

/** Sleeps until it is told how far time has gone, or the signal aborts. */
const handClock = () => {
  const sleepers = new Set<{ readonly dueMs: number; readonly wake: () => void }>()
  const asked = Promise.withResolvers<undefined>()
  let nowMs = 0
  const clock: Clock = {
    now: () => nowMs,
    monotonicMs: () => nowMs,
    after: () => ({ cancel: () => undefined }),
    sleep: async (delayMs, signal) => {
      const { promise, resolve, reject } = Promise.withResolvers<undefined>()
      sleepers.add({
        dueMs: nowMs + delayMs,
        wake: () => {
          resolve(undefined)
        },
      })
      signal?.addEventListener('abort', () => {
        reject(new Error('aborted'))
      })
      asked.resolve(undefined)
      await promise
    },
  }
  const advance = (byMs: number) => {
    nowMs += byMs
    for (const { dueMs, wake } of sleepers) if (dueMs <= nowMs) wake()
  }
  return { clock, asked: asked.promise, advance }
}

describe('faults, as the SDK meets them', () => {
  test('a status comes with the code that Notion gives it, and the next request is answered properly', async () => {
    const { simulator, me } = await start()
    for (const [status, code] of [
      [429, 'rate_limited'],
      [500, 'internal_server_error'],
      [503, 'service_unavailable'],
      [529, 'service_overload'],
    ] as const) {
      simulator.failNext({ kind: 'status', status, times: 1 })
      const error: unknown = await me().catch((thrown: unknown) => thrown)
      expect(isHTTPResponseError(error) && [error.status, error.code]).toEqual([status, code])
      expect(await me()).toBe(simulator.workspace.botId)
    }
  })

  test('HTML is a failure also with status 200, and keeps the status it was planned with', async () => {
    const { simulator, me, raw } = await start()
    simulator.failNext({ kind: 'html', times: 2 })
    await expect(me()).rejects.toThrow()
    const page = await raw()
    expect([page.status, page.headers.get('content-type')]).toEqual([200, 'text/html'])
    expect(await page.text()).toMatch(/^<html>.*<\/html>$/)
    simulator.failNext({ kind: 'html', status: 502, times: 1 })
    await expect(me()).rejects.toMatchObject({ status: 502, code: 'notionhq_client_response_error' })
  })

  test('broken JSON is half of the proper answer, calls itself JSON and 200, and ends as HTTP should', async () => {
    const { simulator, me, raw } = await start()
    simulator.failNext({ kind: 'broken-json', times: 2 })
    await expect(me()).rejects.toThrow(SyntaxError)
    const broken = await raw()
    expect([broken.status, broken.headers.get('content-type')]).toEqual([200, 'application/json; charset=utf-8'])
    const text = await broken.text()
    const whole = await (await raw()).text()
    expect(whole.startsWith(text)).toBe(true)
    expect(text).toHaveLength(Math.floor(whole.length / 2))
    expect(() => JSON.parse(text) as unknown).toThrow(SyntaxError)
  })

  test('a dropped connection is no answer at all, and the client can come again', async () => {
    const { simulator, me } = await start()
    simulator.failNext({ kind: 'drop', times: 1 })
    const error: unknown = await me().catch((thrown: unknown) => thrown)
    expect(error).toBeInstanceOf(TypeError)
    expect(error).not.toBeInstanceOf(APIResponseError)
    expect(await me()).toBe(simulator.workspace.botId)
  })

  test('faults that are cleared befall no further request', async () => {
    const { simulator, me } = await start()
    simulator.failNext({ kind: 'drop', times: null })
    await expect(me()).rejects.toThrow()
    await expect(me()).rejects.toThrow()
    simulator.clearFaults()
    expect(await me()).toBe(simulator.workspace.botId)
    expect(simulator.requests()).toBe(3)
  })
})

describe('latency', () => {
  test('delays the proper answer by exactly as long as planned, and says what was true when it was asked for', async () => {
    const { clock, asked, advance } = handClock()
    const { simulator, notion } = await start({ clock })
    const [id = ''] = simulator.workspace.pageIds('Actionable Tasks')
    const before = simulator.workspace.titleOf(id) ?? ''
    simulator.failNext({ kind: 'latency', delayMs: 1_500, times: 1 })
    const answers: unknown[] = []
    const late = notion.pages.retrieve({ page_id: id }).then((page) => answers.push(page))
    await asked
    simulator.workspace.editPage(id, { title: 'Edited while the answer was under way' })
    advance(1_499)
    const next = await notion.pages.retrieve({ page_id: id })
    expect(JSON.stringify(next)).toContain('Edited while the answer was under way')
    expect(answers).toEqual([])
    advance(1)
    await late
    expect(JSON.stringify(answers)).toContain(JSON.stringify(before).slice(1, -1))
  })

  test('applies to refusals too', async () => {
    const { clock, asked, advance } = handClock()
    const { simulator } = await start({ clock })
    simulator.failNext({ kind: 'latency', delayMs: 10, times: 1 })
    const late = fetch(`${simulator.url}/v1/users/me`)
    await asked
    advance(10)
    expect((await late).status).toBe(401)
  })

  test('does not keep the simulator from stopping: the answer leaves at once', async () => {
    const { clock, asked } = handClock()
    const { simulator, me } = await start({ clock })
    simulator.failNext({ kind: 'latency', delayMs: 3_600_000, times: null })
    const late = me()
    await asked
    await simulator.stop()
    expect(await late).toBe(simulator.workspace.botId)
  })
})
