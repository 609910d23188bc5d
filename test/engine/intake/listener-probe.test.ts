import { describe, expect, test } from 'vitest'
import { WEBHOOK_PATH } from '../../../electron/engine/intake/listener.ts'
import { PROBE_HEADER } from '../../../electron/engine/intake/probe-route.ts'
import { createProbe } from '../../../electron/engine/tunnel/probe.ts'
import { createProbeRequests, type ProbeRequests } from '../../../electron/engine/tunnel/probe-requests.ts'
import { JSON_TYPE, pairedWith, signed, startListener } from '../../support/listener.ts'

const BODY = '{"id":"e1","type":"page.created"}'
const FORWARDED = ['X-Forwarded-For', '203.0.113.7'] as const
const NO_PROBE = [PROBE_HEADER, `${'0'.repeat(32)}.${'0'.repeat(64)}`] as const
const WRONG = ['X-Notion-Signature', `sha256=${'0'.repeat(64)}`] as const

const overHttp = createProbeRequests(new AbortController().signal)

/** A listener that knows the probes of its own process; `send` is called in the place of the probe's request. */
const startProbed = async (parts: Parameters<typeof startListener>[0] = {}, requests: ProbeRequests = overHttp) => {
  const probe = createProbe(requests, 'ngrok')
  const delivered: (readonly [string | null, boolean])[] = []
  const listener = await startListener({
    answerProbe: probe.answer,
    onDelivered: (host, isForwarded) => delivered.push([host, isForwarded]),
    ...parts,
  })
  return { ...listener, probe, delivered, address: `http://127.0.0.1:${listener.port}${WEBHOOK_PATH}` }
}

describe('a probe of ours', () => {
  test('is answered before the guard against floods and before the signature, while nobody is paired', async () => {
    const { probe, address, admitted, answered, delivered, log } = await startProbed({
      pairing: pairedWith(),
      admitsUnsigned: () => {
        throw new Error('A probe is no matter of the guard')
      },
    })
    expect(await probe.send(address)).toBeNull()
    expect([admitted, answered, delivered, log.lines]).toStrictEqual([[], [], [], []])
  })

  test('is answered while a pairing is open, and is no handshake', async () => {
    const asked: string[] = []
    const pairing = {
      ...pairedWith(),
      isOpen: () => true,
      handshake: (token: string) => {
        asked.push(token)
        return 'pending' as const
      },
    }
    const { probe, address } = await startProbed({ pairing })
    expect(await probe.send(address)).toBeNull()
    expect(asked).toStrictEqual([])
  })

  test('is answered with nothing but its proof, and once only: a replay is 401, and 429 in a flood', async () => {
    let isFlooded = false
    const seen: unknown[] = []
    const listener = await startProbed(
      { admitsUnsigned: () => !isFlooded },
      {
        post: async (_address, header) => {
          const request = { headers: [JSON_TYPE, [PROBE_HEADER, header] as const], body: '{}' }
          const first = await listener.send(request)
          seen.push(first.status, Object.keys(JSON.parse(first.body) as object), (await listener.send(request)).status)
          isFlooded = true
          seen.push((await listener.send(request)).status)
          return { kind: 'answer', status: first.status, ngrokCode: null, body: first.body }
        },
      },
    )
    expect(await listener.probe.send(listener.address)).toBeNull()
    expect(seen).toStrictEqual([200, ['status', 'proof'], 401, 429])
  })

  test('counts at the webhook’s path and as a POST only, and elsewhere it is not used up', async () => {
    const seen: number[] = []
    const listener = await startProbed(
      {},
      {
        post: async (_address, header) => {
          const headers = [JSON_TYPE, [PROBE_HEADER, header] as const]
          for (const other of [{ target: '/' }, { method: 'GET' }, { method: 'PUT' }]) {
            seen.push((await listener.send({ headers, ...other })).status)
          }
          const { status, body } = await listener.send({ headers })
          return { kind: 'answer', status, ngrokCode: null, body }
        },
      },
    )
    expect(await listener.probe.send(listener.address)).toBeNull()
    expect(seen).toStrictEqual([404, 405, 405])
  })

  test('that another process sent is refused', async () => {
    const { address } = await startProbed()
    expect(await createProbe(overHttp, 'ngrok').send(address)).toMatchObject({
      code: 'elsewhere',
      message: expect.stringContaining('401'),
    })
  })
})

describe('a header that is no probe of ours', () => {
  test.each([[NO_PROBE], [[PROBE_HEADER, ''] as const], [[PROBE_HEADER, 'x'.repeat(5_000)] as const]])(
    'changes nothing: %j',
    async (header) => {
      const { send, admitted } = await startProbed()
      expect((await send({ headers: [JSON_TYPE, header], body: BODY })).status).toBe(401)
      expect((await send({ headers: [JSON_TYPE, header, WRONG], body: BODY })).status).toBe(401)
      expect((await send({ headers: [header], body: BODY })).status).toBe(415)
      expect(admitted).toStrictEqual([])
      expect((await send({ headers: [JSON_TYPE, header, signed(BODY)], body: BODY })).status).toBe(200)
      expect(admitted.map(String)).toStrictEqual([BODY])
    },
  )

  test('meets the guard against floods like any other', async () => {
    const { send } = await startProbed({ admitsUnsigned: () => false })
    expect((await send({ headers: [JSON_TYPE, NO_PROBE], body: BODY })).status).toBe(429)
  })

  test('given twice is none', async () => {
    const { send } = await startProbed({ answerProbe: () => ({ status: 'probe', proof: 'given' }) })
    expect((await send({ headers: [JSON_TYPE, NO_PROBE], body: BODY })).status).toBe(200)
    // Node joins two headers of a name to one text.
    const { send: sendOurs } = await startProbed()
    expect((await sendOurs({ headers: [JSON_TYPE, NO_PROBE, NO_PROBE], body: BODY })).status).toBe(401)
  })
})

describe('a delivery', () => {
  test.each([
    [FORWARDED, 'listener.test:8000', true],
    [['Forwarded', 'for=203.0.113.7'] as const, 'listener.test:8000', true],
    [['X-Forwarded-Host', 'sync.my-company.io'] as const, 'sync.my-company.io', false],
    [['X-Other', 'header'] as const, 'listener.test:8000', false],
  ])(
    'that is signed is told with its host, and whether somebody forwarded it, each time: %j',
    async (header, host, is) => {
      const { send, delivered } = await startProbed()
      for (const expected of [1, 2]) {
        const headers = [JSON_TYPE, signed(BODY), header, ['Host', 'listener.test:8000'] as const]
        expect((await send({ headers, body: BODY })).status).toBe(200)
        expect(delivered).toHaveLength(expected)
      }
      expect(delivered[0]).toEqual([host, is])
    },
  )

  test('is told too when it cannot be taken', async () => {
    const { send, delivered } = await startProbed({
      admit: async () => ({ status: 'unavailable', event_id: 'e1', reason: 'the queue is full' }),
    })
    expect((await send({ headers: [JSON_TYPE, signed(BODY), FORWARDED], body: BODY })).status).toBe(503)
    expect(delivered).toHaveLength(1)
  })

  test('is told when it is the event that proves a pairing', async () => {
    const pairing = { ...pairedWith(), eventSignedBy: () => Promise.resolve('confirmed' as const) }
    const { send, delivered } = await startProbed({ pairing })
    await send({ headers: [JSON_TYPE, WRONG, FORWARDED], body: BODY })
    expect(delivered).toHaveLength(1)
  })

  test('is not told when it is not authentic: without a signature, with a wrong one, or a handshake', async () => {
    const { send, delivered } = await startProbed()
    for (const headers of [[], [WRONG], [signed(BODY, 'secret_other')]]) {
      expect((await send({ headers: [JSON_TYPE, FORWARDED, ...headers], body: BODY })).status).toBe(401)
    }
    const pairing = { ...pairedWith(), isOpen: () => true, handshake: () => 'pending' as const }
    const open = await startProbed({ pairing })
    const handshake = `{"verification_token":"secret_${'a'.repeat(40)}"}`
    expect((await open.send({ headers: [JSON_TYPE, FORWARDED], body: handshake })).status).toBe(200)
    expect([...delivered, ...open.delivered]).toStrictEqual([])
  })
})
