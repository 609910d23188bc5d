import { describe, expect, test } from 'vitest'
import type { Selection } from '../../shared/bridge.ts'
import { startConsoleOn, TOKEN } from '../support/data-folder.ts'
import { rawRequest } from '../support/raw-request.ts'

interface Asked {
  readonly body?: string
  readonly authorization?: string | null
  readonly headers?: readonly (readonly [string, string])[]
  readonly method?: string
}

/** A console with one failed job, and what was really asked to be retried. */
const start = async () => {
  const retried: Selection[] = []
  const { url } = await startConsoleOn({
    retry: (selection) => {
      retried.push(selection)
      return Promise.resolve({ retried: 1 })
    },
    discard: () => Promise.reject(new Error('the disk refuses')),
    undo: () => {
      throw Object.assign(new Error('full'), { code: 'ENOSPC' })
    },
  })
  const ask = async (
    target: string,
    { body = '{}', authorization = `Bearer ${TOKEN}`, headers = [], method = 'POST' }: Asked = {},
  ) => {
    const own = authorization === null ? [] : [['Authorization', authorization] as const]
    const answer = await rawRequest(Number(new URL(url).port), {
      method,
      target,
      body,
      headers: [['Content-Type', 'application/json'], ...own, ...headers],
    })
    return { status: answer.status, body: JSON.parse(answer.body) as unknown }
  }
  return { ask, retried, port: new URL(url).port }
}

describe('a call', () => {
  test('with the token is handed over with its input, and its output is the answer', async () => {
    const { ask, retried } = await start()
    expect(await ask('/calls/jobs')).toEqual({ status: 200, body: { jobs: [], next: null } })
    expect(await ask('/calls/retry', { body: '{"ids":[1,2],"cause":"unauthorized"}' })).toEqual({
      status: 200,
      body: { retried: 1 },
    })
    expect(retried).toEqual([{ ids: [1, 2], cause: 'unauthorized' }])
  })

  test('that needs no input may come without a body', async () => {
    const { ask } = await start()
    expect(await ask('/calls/resume', { body: '' })).toEqual({ status: 200, body: { paused: false } })
  })

  test.each<[string, string | null]>([
    ['without a token', null],
    ['with another token of the same length', `Bearer ${'x'.repeat(TOKEN.length)}`],
    ['with the beginning of the token', `Bearer ${TOKEN.slice(0, -1)}`],
    ['with more than the token', `Bearer ${TOKEN}x`],
    ['with a token of other characters', `Bearer ${'é'.repeat(TOKEN.length)}`],
    ['with an empty token', 'Bearer '],
    ['with the token alone', TOKEN],
    ['with the token as a password', `Basic ${Buffer.from(`:${TOKEN}`).toString('base64')}`],
  ])('%s is 401 and reaches nobody, whether there is such a call or not', async (_, authorization) => {
    const { ask, retried } = await start()
    for (const target of ['/calls/retry', '/calls/nothing']) {
      expect(await ask(target, { authorization, body: '{"all":true}' })).toEqual({
        status: 401,
        body: { error: 'The token of the console file is missing or not valid.' },
      })
    }
    expect(retried).toEqual([])
  })

  test.each([
    ['another host, as DNS rebinding would', 'Host', 'evil.example'],
    ['a page of another origin', 'Origin', 'http://evil.example'],
    ['a page without an origin', 'Origin', 'null'],
  ])('for %s is 403, though the token is right', async (_, name, value) => {
    const { ask, retried } = await start()
    expect((await ask('/calls/retry', { headers: [[name, value]] })).status).toBe(403)
    expect(retried).toEqual([])
  })

  test.each([
    '{"all":false}',
    '{"ids":["1"]}',
    '{"ids":[1.5]}',
    '{"everything":true}',
    '{"all":true',
    'null',
    '[]',
    '"all"',
    '\u0000',
  ])('whose input does not have its shape is 400 and reaches nobody: %s', async (body) => {
    const { ask, retried } = await start()
    expect(await ask('/calls/retry', { body })).toEqual({
      status: 400,
      body: { error: 'The input of the call does not have its shape.' },
    })
    expect(retried).toEqual([])
  })

  test.each(['/calls/nothing', '/calls/constructor', '/calls/__proto__', '/calls/toString'])(
    'that is none is 404: %s',
    async (target) => {
      const { ask } = await start()
      expect(await ask(target)).toEqual({ status: 404, body: { error: 'There is no such call.' } })
    },
  )

  test('is a POST, and nothing else', async () => {
    const { ask } = await start()
    for (const method of ['GET', 'PUT', 'DELETE', 'OPTIONS']) {
      expect((await ask('/calls/jobs', { method })).status, method).toBe(404)
    }
  })

  test('of more than 64 KiB is refused, and one that the engine cannot do is 500; the next is answered', async () => {
    const { ask } = await start()
    expect((await ask('/calls/retry', { body: JSON.stringify({ cause: 'x'.repeat(70_000) }) })).status).toBe(413)
    expect((await ask('/calls/discard')).status).toBe(500)
    expect((await ask('/calls/jobs')).status).toBe(200)
  })

  test('that the engine cannot do is answered with why, in plain words', async () => {
    const { ask } = await start()
    expect((await ask('/calls/discard')).body).toEqual({
      error: expect.stringMatching(/^This was not done: the program failed \(the disk refuses\)\. /),
    })
    expect(await ask('/calls/undo')).toEqual({
      status: 503,
      body: { error: expect.stringMatching(/^This was not done: the disk refuses \(full\)\. Check its space /) },
    })
  })
})
