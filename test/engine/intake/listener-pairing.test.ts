import { describe, expect, test } from 'vitest'
import { JSON_TYPE, pairedWith, QUEUED, SECRET, signed, startListener } from '../../support/listener.ts'
import { createPairingStage, handshakeBody, tokenNumber } from '../../support/pairing-stage.ts'

const [FIRST, SECOND] = [tokenNumber(1), tokenNumber(2)] as const
const EVENT = '{"id":"e1","type":"page.created"}'
const WRONG = ['X-Notion-Signature', `sha256=${'0'.repeat(64)}`] as const
const PLAIN = ['Content-Type', 'text/plain'] as const

const REJECTED = { status: 'rejected', event_id: null, reason: expect.any(String) }

/** A listener over a real pairing, and its answers as status and body. */
const start = async (options: { readonly isOpen?: boolean; readonly isFlooded?: boolean } = {}) => {
  const stage = await createPairingStage()
  if (options.isOpen !== false) stage.pairing.open()
  const listener = await startListener({ pairing: stage.pairing, admitsUnsigned: () => options.isFlooded !== true })
  const post = async (
    body: string | Buffer,
    headers: readonly (readonly [string, string])[],
    more: { readonly method?: string; readonly target?: string } = {},
  ) => {
    const answer = await listener.send({ headers, body, ...more })
    return {
      status: answer.status,
      body: JSON.parse(answer.body) as unknown,
      retryAfter: answer.headers['retry-after'] ?? null,
    }
  }
  return { ...listener, stage, post, token: (token: unknown) => handshakeBody(token) }
}

const PAIRING = { status: 200, body: { status: 'pairing' }, retryAfter: null }

describe('while pairing is open', () => {
  test('a handshake is answered 200 with its status, signed or not, whoever signed it', async () => {
    const { post, token, admitted, answered, stage } = await start()
    const first = token(FIRST)
    expect(await post(first, [JSON_TYPE])).toEqual(PAIRING)
    expect(await post(first, [JSON_TYPE, signed(first, FIRST)])).toEqual(PAIRING)
    expect(await post(first, [JSON_TYPE, signed(first, SECOND)])).toEqual(PAIRING)
    expect(await post(first, [JSON_TYPE, WRONG])).toEqual(PAIRING)
    expect(await post(first, [PLAIN, signed(first, FIRST)])).toEqual(PAIRING)
    expect(stage.pairing.view().tokens).toEqual([{ token: FIRST, suspicious: false }])
    // It is no event, and counted as none.
    expect([admitted, answered]).toEqual([[], []])
  })

  test('path, method, size, flood and content type are judged before a handshake is looked at', async () => {
    const { post, token, stage } = await start()
    const first = token(FIRST)
    const large = Buffer.concat([first, Buffer.alloc(1_048_577, ' ')])
    expect(await post(first, [JSON_TYPE], { target: '/webhooks' })).toMatchObject({ status: 404, body: REJECTED })
    expect(await post(first, [JSON_TYPE], { method: 'PUT' })).toMatchObject({ status: 405, body: REJECTED })
    expect(await post(large, [JSON_TYPE])).toMatchObject({ status: 413, body: REJECTED })
    expect(await post(first, [PLAIN])).toMatchObject({ status: 415, body: REJECTED })
    expect(await post(first, [])).toMatchObject({ status: 415, body: REJECTED })
    expect(stage.pairing.view().tokens).toEqual([])
    const flooded = await start({ isFlooded: true })
    expect(await flooded.post(first, [JSON_TYPE])).toMatchObject({ status: 429, body: REJECTED })
    expect(flooded.stage.pairing.view().tokens).toEqual([])
    // Notion signs its handshakes: a stranger's flood does not keep them out.
    expect(await flooded.post(first, [JSON_TYPE, signed(first, FIRST)])).toEqual(PAIRING)
  })

  test.each<[string, unknown]>([
    ['too short', 'secret_short'],
    ['with a line end', `${FIRST}\n`],
    ['a number', 7],
    ['null', null],
    ['a list', [FIRST]],
    ['an object', { token: FIRST }],
  ])('a token of a wrong shape is answered 401, signed or not: %s', async (_, value) => {
    const { post, token, stage } = await start()
    const body = token(value)
    expect(await post(body, [JSON_TYPE])).toMatchObject({ status: 401, body: REJECTED })
    expect(await post(body, [JSON_TYPE, signed(body, String(value))])).toMatchObject({ status: 401, body: REJECTED })
    expect(stage.pairing.view().tokens).toEqual([])
  })

  test('all else that is not authentic is answered as ever', async () => {
    const { post, admitted } = await start()
    expect(await post(EVENT, [JSON_TYPE])).toMatchObject({ status: 401, body: REJECTED })
    expect(await post(EVENT, [PLAIN])).toMatchObject({ status: 415, body: REJECTED })
    expect(await post(EVENT, [JSON_TYPE, WRONG])).toMatchObject({ status: 401, body: REJECTED })
    expect(await post(EVENT, [PLAIN, WRONG])).toMatchObject({ status: 401, body: REJECTED })
    expect(await post(EVENT, [JSON_TYPE, signed(EVENT, FIRST)])).toMatchObject({ status: 401, body: REJECTED })
    expect(admitted).toEqual([])
  })

  test('the event that proves its token is admitted and answered like any other', async () => {
    const { post, token, admitted, answered } = await start()
    await post(token(FIRST), [JSON_TYPE])
    expect(await post(EVENT, [JSON_TYPE, signed(EVENT, FIRST)])).toEqual({
      status: 200,
      body: QUEUED,
      retryAfter: null,
    })
    expect([admitted.map(String), answered]).toEqual([[EVENT], [QUEUED]])
  })

  test('an event that fails the proof is answered 401, one that cannot be judged yet 503 with Retry-After', async () => {
    const { post, token, stage, admitted, answered } = await start()
    const event = () => post(EVENT, [JSON_TYPE, signed(EVENT, FIRST)])
    const undecided = {
      status: 503,
      body: { status: 'unavailable', event_id: null, reason: expect.any(String) },
      retryAfter: '30',
    }
    await post(token(FIRST), [JSON_TYPE])
    stage.notionSays(() => Promise.resolve('refused'))
    expect(await event()).toMatchObject({ status: 401, body: REJECTED })
    stage.notionSays(() => Promise.resolve(null))
    expect(await event()).toEqual(undecided)
    await post(token(SECOND), [JSON_TYPE])
    expect(await event()).toEqual(undecided)
    expect([admitted, answered]).toEqual([[], []])
  })

  test('events of a secret that is confirmed already go on being admitted, and its token sent again is no handshake', async () => {
    const { post, token, stage, admitted } = await start()
    await post(token(FIRST), [JSON_TYPE])
    await stage.pairing.confirm(FIRST)
    stage.pairing.open()
    await post(token(SECOND), [JSON_TYPE])
    expect(await post(EVENT, [JSON_TYPE, signed(EVENT, FIRST)])).toMatchObject({ status: 200, body: QUEUED })
    const again = token(FIRST)
    expect(await post(again, [JSON_TYPE, signed(again, FIRST)])).toMatchObject({ status: 200, body: QUEUED })
    expect(admitted.map(String)).toEqual([EVENT, String(again)])
    expect(stage.pairing.view().tokens).toEqual([{ token: SECOND, suspicious: false }])
  })
})

describe('while pairing is closed', () => {
  test('a handshake is answered 401 like any stranger’s request, signed with its own token or not', async () => {
    const { post, token, stage, admitted } = await start({ isOpen: false })
    const first = token(FIRST)
    expect(await post(first, [JSON_TYPE])).toMatchObject({ status: 401, body: REJECTED })
    expect(await post(first, [JSON_TYPE, signed(first, FIRST)])).toMatchObject({ status: 401, body: REJECTED })
    expect(await post(first, [PLAIN])).toMatchObject({ status: 415, body: REJECTED })
    expect(await post(EVENT, [JSON_TYPE, signed(EVENT, FIRST)])).toMatchObject({ status: 401, body: REJECTED })
    expect([admitted, stage.changes]).toEqual([[], []])
  })

  test('the confirmed token sent again, signed with itself, is admitted; unsigned it is answered 401', async () => {
    const { post, token, stage, admitted } = await start()
    await post(token(FIRST), [JSON_TYPE])
    await stage.pairing.confirm(FIRST)
    const first = token(FIRST)
    expect(await post(first, [JSON_TYPE, signed(first, FIRST)])).toMatchObject({ status: 200, body: QUEUED })
    expect(await post(first, [JSON_TYPE])).toMatchObject({ status: 401, body: REJECTED })
    expect(admitted.map(String)).toEqual([String(first)])
  })
})

test('each authentic request is told to the pairing, which ends a rotation by it, and no other is', async () => {
  const used: unknown[] = []
  const { send } = await startListener({
    pairing: { ...pairedWith(SECRET, FIRST), used: (secret, raw) => used.push([secret, String(raw)]) },
  })
  for (const secret of [SECRET, FIRST, SECOND]) {
    await send({ headers: [JSON_TYPE, signed(EVENT, secret)], body: EVENT })
  }
  expect(used).toEqual([
    [SECRET, EVENT],
    [FIRST, EVENT],
  ])
})
