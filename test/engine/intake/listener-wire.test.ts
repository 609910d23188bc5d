import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { WEBHOOK_PATH } from '../../../electron/engine/intake/listener.ts'
import { JSON_TYPE, signed, startListener } from '../../support/listener.ts'
import { chunked, rawExchange } from '../../support/raw-request.ts'

const BODY = '{"id":"e1","type":"page.created"}'
const MIB = 1_048_576
const CHUNKED = ['Transfer-Encoding', 'chunked'] as const

describe('another path', () => {
  test.each([
    '/',
    '/webhooks',
    '/webhooks/notion/',
    '//webhooks/notion',
    '/webhooks//notion',
    '/Webhooks/Notion',
    '/webhooks/notion/extra',
    '/webhooks/notion%20',
    '/health',
    '/?/webhooks/notion',
    '/../webhooks/notion',
  ])('is 404, signed or not, with any method: %s', async (target) => {
    const { send, admitted } = await startListener()
    for (const method of ['GET', 'POST', 'PUT', 'DELETE']) {
      expect((await send({ method, target, headers: [JSON_TYPE, signed(BODY)], body: BODY })).status).toBe(404)
      expect((await send({ method, target, headers: [['Content-Type', 'garbage']], body: BODY })).status).toBe(404)
    }
    expect(admitted).toStrictEqual([])
  })

  test('is refused and nothing more, however it is written', async () => {
    const { send, admitted, log } = await startListener()
    const piece = fc.constantFrom('%zz', '%', '%00', '%ff', '%2f', '//', '..', ';', '?', '#', '\\', 'a', 'é', '*', '[')
    await fc.assert(
      fc.asyncProperty(fc.array(piece, { maxLength: 8 }), fc.boolean(), async (pieces, isBelow) => {
        const target = `${isBelow ? `${WEBHOOK_PATH}/` : '/'}${pieces.join('')}`
        const answer = await send({ target, headers: [JSON_TYPE, signed(BODY)], body: BODY })
        expect(answer.status, target).toBeGreaterThanOrEqual(400)
        expect(answer.status, target).toBeLessThan(500)
      }),
      { numRuns: 200 },
    )
    expect(admitted).toStrictEqual([])
    expect(log.lines).toStrictEqual([])
  })

  test('a query behind the right path makes no difference', async () => {
    const { send } = await startListener()
    for (const query of ['?', '?a=b', '?%zz', '?a=%ff&&=']) {
      const target = `${WEBHOOK_PATH}${query}`
      expect((await send({ target, headers: [JSON_TYPE, signed(BODY)], body: BODY })).status, query).toBe(200)
      expect((await send({ method: 'GET', target })).status, query).toBe(405)
    }
  })
})

describe('another method', () => {
  test.each(['GET', 'HEAD', 'PUT', 'PATCH', 'DELETE', 'OPTIONS', 'TRACE', 'PROPFIND', 'QUERY'])(
    '%s is 405 and says that POST is the one, signed or not',
    async (method) => {
      const { send, admitted } = await startListener()
      const bodies = ['GET', 'HEAD', 'TRACE'].includes(method) ? [''] : ['', BODY]
      for (const body of bodies) {
        for (const headers of [[], [JSON_TYPE, signed(body)], [['Content-Type', 'garbage'] as const]]) {
          const answer = await send({ method, headers, body })
          expect(answer.status).toBe(405)
          expect(answer.headers['allow']).toBe('POST')
        }
      }
      expect(admitted).toStrictEqual([])
    },
  )

  test('a HEAD request is answered without a body, as the protocol wants it', async () => {
    const { send } = await startListener()
    expect((await send({ method: 'HEAD' })).body).toBe('')
  })

  test('a method that does not exist does not get in', async () => {
    const { send, admitted } = await startListener()
    expect((await send({ method: 'post', headers: [signed(BODY)], body: BODY })).status).toBe(400)
    expect(admitted).toStrictEqual([])
  })
})

describe('a large body', () => {
  const largest = Buffer.alloc(MIB, 'x')
  const larger = Buffer.alloc(MIB + 1, 'x')

  test('of exactly 1 MiB is accepted, declared or in chunks', async () => {
    const { send, admitted } = await startListener()
    expect((await send({ headers: [JSON_TYPE, signed(largest)], body: largest })).status).toBe(200)
    const inChunks = await send({ headers: [JSON_TYPE, signed(largest), CHUNKED], body: chunked(largest) })
    expect(inChunks.status).toBe(200)
    expect(admitted.map((raw) => raw.equals(largest))).toStrictEqual([true, true])
  })

  test('of one byte more is 413 before anybody looks at the signature: declared', async () => {
    const { send, admitted } = await startListener()
    for (const headers of [[signed(larger)], [signed('other')], []]) {
      const answer = await send({ headers: [JSON_TYPE, ...headers], body: larger })
      expect(answer.status).toBe(413)
      expect(JSON.parse(answer.body)).toMatchObject({ status: 'rejected', event_id: null })
    }
    expect(admitted).toStrictEqual([])
  })

  test('of one byte more is 413 before anybody looks at the signature: in chunks', async () => {
    const { send, admitted } = await startListener()
    for (const headers of [[signed(larger)], [signed('other')], []]) {
      expect((await send({ headers: [JSON_TYPE, CHUNKED, ...headers], body: chunked(larger) })).status).toBe(413)
    }
    expect(admitted).toStrictEqual([])
  })

  test('is 413 by its declaration alone, before a byte of it was sent, and in a flood too', async () => {
    const { send } = await startListener({ admitsUnsigned: () => false })
    for (const length of [MIB + 1, Number.MAX_SAFE_INTEGER]) {
      expect((await send({ headers: [JSON_TYPE, ['Content-Length', String(length)]] })).status).toBe(413)
    }
  })
})

describe('limits of a request', () => {
  test('headers of more than 16 KiB are refused, and the next delivery is accepted', async () => {
    const { send, admitted } = await startListener()
    const large = ['X-Large', 'x'.repeat(17_000)] as const
    expect((await send({ headers: [JSON_TYPE, signed(BODY), large], body: BODY })).status).toBe(431)
    const many = Array.from({ length: 1_500 }, (_, n) => [`X-${n}`, 'xxxxxxxx'] as const)
    expect((await send({ headers: [JSON_TYPE, signed(BODY), ...many], body: BODY })).status).toBe(431)
    expect((await send({ headers: [JSON_TYPE, signed(BODY)], body: BODY })).status).toBe(200)
    expect(admitted).toHaveLength(1)
  })

  test.each([
    'GARBAGE\r\n\r\n',
    `POST ${WEBHOOK_PATH}\r\n\r\n`,
    `POST ${WEBHOOK_PATH} HTTP/1.1\r\nHost: a\r\nContent-Length: -1\r\n\r\n`,
    `POST ${WEBHOOK_PATH} HTTP/1.1\r\nHost: a\r\nContent-Length: 3\r\nContent-Length: 4\r\n\r\n`,
    `POST ${WEBHOOK_PATH} HTTP/1.1\r\nHost: a\r\nContent-Length: 3\r\nTransfer-Encoding: chunked\r\n\r\n`,
    `POST ${WEBHOOK_PATH} HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\n`,
    `POST ${WEBHOOK_PATH} HTTP/1.1\r\nContent-Length: 0\r\n\r\n`,
  ])('what is no proper request is refused with 4xx, and the server lives on: %j', async (bytes) => {
    const { send, port } = await startListener()
    const answer = await rawExchange(port, Buffer.from(bytes))
    expect(answer.status).toBeGreaterThanOrEqual(400)
    expect(answer.status).toBeLessThan(500)
    expect((await send({ headers: [JSON_TYPE, signed(BODY)], body: BODY })).status).toBe(200)
  })
})
