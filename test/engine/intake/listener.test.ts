import { describe, expect, test } from 'vitest'
import type { DeliveryAnswer } from '../../../shared/deliveries.ts'
import { JSON_TYPE, pairedWith, QUEUED, SECRET, signed, startListener } from '../../support/listener.ts'

const BODY = '{"id":"e1","type":"page.created"}'
const WRONG = ['X-Notion-Signature', `sha256=${'0'.repeat(64)}`] as const
const PLAIN = ['Content-Type', 'text/plain'] as const

describe('an authentic delivery', () => {
  test('is handed over byte for byte, and answered 200 with exactly what was decided', async () => {
    const { send, admitted, answered } = await startListener()
    const body = Buffer.concat([Buffer.from('{"id":"é"} \n\t'), Buffer.from([0xff, 0xfe, 0x00, 0x0d])])
    const answer = await send({ headers: [JSON_TYPE, signed(body)], body })
    expect(answer.status).toBe(200)
    expect(answer.headers['content-type']).toMatch(/^application\/json/)
    expect(answer.body).toBe('{"status":"queued","event_id":"e1","reason":null}')
    expect(admitted).toStrictEqual([body])
    expect(answered).toStrictEqual([QUEUED])
  })

  test.each<DeliveryAnswer>([
    { status: 'duplicate', event_id: 'e1', reason: 'received before' },
    { status: 'ignored', event_id: 'e1', reason: 'unknown event type' },
  ])('is answered 200 when it is a $status one as well', async (decided) => {
    const { send } = await startListener({ admit: async () => decided })
    const answer = await send({ headers: [JSON_TYPE, signed(BODY)], body: BODY })
    expect(answer.status).toBe(200)
    expect(JSON.parse(answer.body)).toStrictEqual(decided)
  })

  test.each([
    ['text/plain'],
    ['application/x-www-form-urlencoded'],
    ['garbage'],
    ['/'],
    ['application/json é'],
    ['application/'],
    [';;;'],
    [''],
  ])('is accepted whatever its content type says: "%s"', async (type) => {
    const { send, admitted } = await startListener()
    expect((await send({ headers: [['Content-Type', type], signed(BODY)], body: BODY })).status).toBe(200)
    expect(admitted.map(String)).toStrictEqual([BODY])
  })

  test('is accepted without a content type, and without a body', async () => {
    const { send, admitted } = await startListener()
    expect((await send({ headers: [signed(BODY)], body: BODY })).status).toBe(200)
    expect((await send({ headers: [signed('')] })).status).toBe(200)
    expect(admitted.map(String)).toStrictEqual([BODY, ''])
  })

  test('is accepted with any of the confirmed secrets, as during a rotation', async () => {
    const { send } = await startListener({ pairing: pairedWith('secret_old', 'secret_new') })
    for (const secret of ['secret_old', 'secret_new']) {
      expect((await send({ headers: [JSON_TYPE, signed(BODY, secret)], body: BODY })).status).toBe(200)
    }
    expect((await send({ headers: [JSON_TYPE, signed(BODY)], body: BODY })).status).toBe(401)
  })

  test('never meets the guard against floods', async () => {
    const { send } = await startListener({ admitsUnsigned: () => false })
    expect((await send({ headers: [JSON_TYPE, signed(BODY)], body: BODY })).status).toBe(200)
  })

  test('is asked to come again when it cannot be taken: 503 with Retry-After', async () => {
    const decided: DeliveryAnswer = { status: 'unavailable', event_id: 'e1', reason: 'the queue is full' }
    const { send, answered } = await startListener({ admit: async () => decided })
    const answer = await send({ headers: [JSON_TYPE, signed(BODY)], body: BODY })
    expect(answer.status).toBe(503)
    expect(Number(answer.headers['retry-after'])).toBeGreaterThan(0)
    expect(JSON.parse(answer.body)).toStrictEqual(decided)
    expect(answered).toStrictEqual([decided])
  })

  test('is asked to come again, and the fault is logged, when something breaks', async () => {
    const { send, log } = await startListener({ admit: () => Promise.reject(new Error('broken')) })
    const answer = await send({ headers: [JSON_TYPE, signed(BODY)], body: BODY })
    expect(answer.status).toBe(503)
    expect(answer.headers['retry-after']).toBeDefined()
    expect(answer.body).not.toContain('broken')
    expect(log.lines).toMatchObject([{ level: 'error', fields: { error: 'broken' } }])
  })
})

describe('a request that is not authentic', () => {
  const refused = async (headers: readonly (readonly [string, string])[]) => {
    const { send, admitted, answered } = await startListener()
    const answer = await send({ headers, body: BODY })
    expect(admitted).toStrictEqual([])
    expect(answered).toStrictEqual([])
    expect(JSON.parse(answer.body)).toMatchObject({ status: 'rejected', event_id: null, reason: expect.any(String) })
    return answer.status
  }

  test('is answered 401 when its signature is missing', async () => {
    expect(await refused([JSON_TYPE])).toBe(401)
    expect(await refused([['Content-Type', 'application/vnd.api+json; charset="utf-8"']])).toBe(401)
  })

  test.each([
    [WRONG],
    [signed(`${BODY} `)],
    [signed(BODY, 'secret_other')],
    [signed(BODY, SECRET.slice('secret_'.length))],
    [['X-Notion-Signature', ''] as const],
    [['X-Notion-Signature', 'sha256='] as const],
    [['X-Notion-Signature', `\xff\xfe`] as const],
  ])('is answered 401 when its signature is wrong: %j', async (header) => {
    expect(await refused([JSON_TYPE, header])).toBe(401)
  })

  test('is answered 401 when it carries two signatures, though one is right', async () => {
    expect(await refused([JSON_TYPE, signed(BODY), WRONG])).toBe(401)
  })

  test('is answered 415 for its content type only when it has no signature at all', async () => {
    for (const type of ['text/plain', 'garbage', '', 'application/jsonp', 'text/json']) {
      expect(await refused([['Content-Type', type]]), type).toBe(415)
    }
    expect(await refused([])).toBe(415)
    expect(await refused([PLAIN, WRONG])).toBe(401)
    expect(await refused([['Content-Type', 'garbage'], WRONG])).toBe(401)
  })

  test('is answered 401 whoever signed, while nobody is paired', async () => {
    const { send, admitted } = await startListener({ pairing: pairedWith() })
    for (const secret of [SECRET, '']) {
      expect((await send({ headers: [JSON_TYPE, signed(BODY, secret)], body: BODY })).status).toBe(401)
    }
    expect(admitted).toStrictEqual([])
  })
})

describe('a flood of requests without a signature', () => {
  const flooded = () => startListener({ admitsUnsigned: () => false })

  test('is answered 429 with Retry-After, whatever the content type', async () => {
    const { send } = await flooded()
    for (const headers of [[JSON_TYPE], [PLAIN], []]) {
      const answer = await send({ headers, body: BODY })
      expect(answer.status).toBe(429)
      expect(Number(answer.headers['retry-after'])).toBeGreaterThan(0)
      expect(JSON.parse(answer.body)).toMatchObject({ status: 'rejected', event_id: null })
    }
  })

  test('changes nothing for other refusals: a wrong signature is 401, a wrong path 404, a wrong method 405', async () => {
    const { send } = await flooded()
    expect((await send({ headers: [JSON_TYPE, WRONG], body: BODY })).status).toBe(401)
    expect((await send({ target: '/', headers: [JSON_TYPE], body: BODY })).status).toBe(404)
    expect((await send({ method: 'GET' })).status).toBe(405)
  })
})
