import { onTestFinished } from 'vitest'
import {
  createListener,
  type ListenerPairing,
  type ListenerParts,
  WEBHOOK_PATH,
} from '../../electron/engine/intake/listener.ts'
import { signBody } from '../../electron/simulator/deliveries.ts'
import type { DeliveryAnswer } from '../../shared/deliveries.ts'
import { type RawAnswer, type RawRequest, rawRequest } from './raw-request.ts'
import { createRecordedLog } from './recorded-log.ts'

/** The secret that the listener under test knows. */
export const SECRET = 'secret_listener'

export const QUEUED: DeliveryAnswer = { status: 'queued', event_id: 'e1', reason: null }

export const JSON_TYPE = ['Content-Type', 'application/json'] as const

export const signed = (body: string | Buffer, secret = SECRET) =>
  ['X-Notion-Signature', signBody(body, secret)] as const

/** These secrets are confirmed, and no pairing is open. */
export const pairedWith = (...secrets: readonly string[]): ListenerPairing => ({
  secrets: () => secrets,
  isOpen: () => false,
  handshake: () => 'refused',
  eventSignedBy: () => Promise.resolve('stranger'),
  used: () => undefined,
})

/** A listener on a port of its own, and what reached its admission; it ends with the running test. */
export const startListener = async (parts: Partial<ListenerParts> = {}, host = '127.0.0.1') => {
  const admitted: Buffer[] = []
  const answered: DeliveryAnswer[] = []
  const log = createRecordedLog()
  const server = createListener({
    pairing: pairedWith(SECRET),
    admit: async (raw) => {
      admitted.push(raw)
      return QUEUED
    },
    admitsUnsigned: () => true,
    onAnswered: (answer) => answered.push(answer),
    answerProbe: () => null,
    onDelivered: () => undefined,
    refused: {
      accepted: () => undefined,
      strange: () => undefined,
      former: () => undefined,
      unconfirmed: () => undefined,
      handshake: () => undefined,
    },
    log,
    ...parts,
  })
  await server.listen({ host, port: 0 })
  onTestFinished(() => server.close())
  const address = server.server.address()
  if (address === null || typeof address === 'string') throw new Error('no address')
  const { port } = address
  const send = (request: Partial<RawRequest> = {}): Promise<RawAnswer> =>
    rawRequest(port, { target: WEBHOOK_PATH, ...request })
  return { port, admitted, answered, log, send }
}
