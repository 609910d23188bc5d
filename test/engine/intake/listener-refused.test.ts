import { expect, test } from 'vitest'
import { JSON_TYPE, pairedWith, SECRET, signed, startListener } from '../../support/listener.ts'
import { createPairingStage, handshakeBody, MINUTE_MS, tokenNumber } from '../../support/pairing-stage.ts'

const TOKEN = tokenNumber(1)
const EVENT = '{"id":"e1","type":"page.created"}'

/** What the listener told of what it refused, in order. */
const start = async (pairing = pairedWith(SECRET)) => {
  const told: string[] = []
  const note =
    (what: string) =>
    (eventId: string | null = null): void => {
      told.push(eventId === null ? what : `${what} ${eventId}`)
    }
  const refused = {
    accepted: note('accepted'),
    strange: note('strange'),
    former: note('former'),
    unconfirmed: note('unconfirmed'),
    handshake: note('handshake'),
  }
  const { send } = await startListener({ pairing, refused })
  const post = async (body: string | Buffer, ...headers: readonly (readonly [string, string])[]) =>
    (await send({ headers: [JSON_TYPE, ...headers], body })).status
  return { told, post }
}

test('a signature that no secret made is told, and what has none, or none of the form, is not', async () => {
  const { told, post } = await start()
  expect(await post(EVENT, signed(EVENT, 'another secret'))).toBe(401)
  expect(told).toEqual(['strange e1'])
  expect(await post(EVENT)).toBe(401)
  expect(await post(EVENT, ['X-Notion-Signature', 'sha256=0'])).toBe(401)
  expect(told).toEqual(['strange e1'])
  expect(await post(EVENT, signed(EVENT))).toBe(200)
  expect(told).toEqual(['strange e1', 'accepted'])
})

test('a handshake while nobody pairs is told as one, signed or not, and no other body is taken for it', async () => {
  const { told, post } = await start()
  const body = handshakeBody(TOKEN)
  expect([await post(body), await post(body, signed(body, TOKEN))]).toEqual([401, 401])
  expect(told).toEqual(['handshake', 'handshake'])
  for (const other of [handshakeBody('secret_short'), handshakeBody(null), EVENT]) await post(other)
  await post(Buffer.from(JSON.stringify({ verification_token: TOKEN, more: 'x'.repeat(2_000) })))
  expect(told).toEqual(['handshake', 'handshake'])
})

test('what is refused is told with the event that it claims to be, as far as that is a short word', async () => {
  const { told, post } = await start()
  for (const id of ['e1', 'x'.repeat(101), 3, undefined]) {
    const body = JSON.stringify({ id, type: 'page.created' })
    await post(body, signed(body, 'another secret'))
  }
  await post('no JSON', signed('no JSON', 'another secret'))
  expect(told).toEqual(['strange e1', 'strange', 'strange', 'strange', 'strange'])
})

test('what a secret of before signed is told apart from what a stranger did', async () => {
  const { pairing } = await createPairingStage()
  pairing.open()
  pairing.handshake(TOKEN)
  await pairing.confirm(TOKEN)
  const next = tokenNumber(2)
  pairing.open()
  pairing.handshake(next)
  await pairing.confirm(next)
  const { told, post } = await start(pairing)
  expect(await post(EVENT, signed(EVENT, TOKEN))).toBe(200)
  expect(await post(EVENT, signed(EVENT, next))).toBe(200)
  await pairing.confirm('no token')
  expect(await post(EVENT, signed(EVENT, TOKEN))).toBe(401)
  const body = handshakeBody(TOKEN)
  expect(await post(body, signed(body, TOKEN))).toBe(401)
  expect(told).toEqual(['accepted', 'accepted', 'former e1', 'handshake'])
})

test('a handshake while somebody pairs is none that was refused', async () => {
  const { pairing } = await createPairingStage()
  pairing.open()
  const { told, post } = await start(pairing)
  const body = handshakeBody(TOKEN)
  expect(await post(body, signed(body, TOKEN))).toBe(200)
  expect(told).toEqual([])
})

test('an event of ours that comes after the time for pairing is refused, and told as waiting for a person', async () => {
  const { pairing, clock } = await createPairingStage()
  pairing.open()
  const { told, post } = await start(pairing)
  const body = handshakeBody(TOKEN)
  await post(body, signed(body, TOKEN))
  clock.advance(15 * MINUTE_MS)
  expect(await post(EVENT, signed(EVENT, TOKEN))).toBe(401)
  expect(told).toEqual(['unconfirmed'])
  await pairing.confirm(TOKEN)
  expect(await post(EVENT, signed(EVENT, TOKEN))).toBe(200)
  expect(told).toEqual(['unconfirmed', 'accepted'])
})
