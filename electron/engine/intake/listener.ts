import type { DeliveryAnswer } from '../../../shared/deliveries.ts'
import {
  createHttpServer,
  type FastifyInstance,
  type FastifyReply,
  type FastifyRequest,
} from '../foundation/http-server.ts'
import type { Log } from '../foundation/log.ts'
import { isSubscriptionToken, type Pairing } from './pairing.ts'
import { PROBE_HEADER, type ProbeAnswer } from './probe-route.ts'
import { claimedId, tokenOf } from './received-event.ts'
import type { RefusedDeliveries } from './refused.ts'
import { isSignature, isSignedWith } from './signature.ts'

export const WEBHOOK_PATH = '/webhooks/notion'

const BODY_LIMIT_BYTES = 1_048_576
const REQUEST_TIMEOUT_MS = 15_000
const RETRY_AFTER_S = 30

/** What nobody waits for is not read for long. */
const LONGEST_HANDSHAKE_BYTES = 1_000

export interface ListenerParts {
  readonly pairing: ListenerPairing
  readonly admit: (raw: Buffer) => Promise<DeliveryAnswer>
  readonly admitsUnsigned: () => boolean
  readonly onAnswered: (answer: DeliveryAnswer) => void
  /** What a probe of our own is answered; null: it is none. */
  readonly answerProbe: (header: string) => ProbeAnswer | null
  /** A signed delivery came; `host`: whom it was sent to, as far as that is told; `isForwarded`: by somebody who says so. */
  readonly onDelivered: (host: string | null, isForwarded: boolean) => void
  readonly refused: Omit<RefusedDeliveries, 'problems' | 'changed'>
  readonly log: Log
}

/** See `Pairing`. No confirmed secret: nobody is paired, and every request outside a pairing is refused. */
export type ListenerPairing = Pick<Pairing, 'secrets' | 'isOpen' | 'handshake' | 'eventSignedBy' | 'used'>

const rejection = (reason: string): DeliveryAnswer => ({ status: 'rejected', event_id: null, reason })

const unavailable = (reason: string): DeliveryAnswer => ({ status: 'unavailable', event_id: null, reason })

interface Refusal {
  readonly status: number
  readonly body: DeliveryAnswer | { readonly status: 'pairing' }
}

const REJECTIONS: Readonly<Record<number, string>> = {
  413: 'the body is larger than 1 MiB',
  415: 'the content type is not application/json',
}

const signatureOf = (request: FastifyRequest): string | null => {
  const header = request.headers['x-notion-signature']
  return typeof header === 'string' ? header : null
}

const probeOf = (request: FastifyRequest): string | null => {
  const header = request.headers[PROBE_HEADER]
  return typeof header === 'string' ? header : null
}

/** Most who forward requests, a tunnel or a proxy, name whose they are. */
const isForwarded = (request: FastifyRequest): boolean =>
  request.headers['x-forwarded-for'] !== undefined || request.headers['forwarded'] !== undefined

/** Whom a request was sent to before it was forwarded; proxies pass on either header. */
const hostOf = (request: FastifyRequest): string | null => {
  const forwarded = request.headers['x-forwarded-host']
  return (typeof forwarded === 'string' ? forwarded : request.headers.host) ?? null
}

const declaredLength = (request: FastifyRequest): number => Number(request.headers['content-length'] ?? 0)

const isJson = (request: FastifyRequest): boolean =>
  /^application\/(?:[\w.-]+\+)?json[ \t]*(?:;.*)?$/i.test(request.headers['content-type'] ?? '')

/**
 * The public side: one route, and everything else refused. The order is the contract's: 404, 405 and 413 before the
 * signature; 429 and 415 only for requests without one; while pairing, what a handshake is; 401; and from there on an authentic event is never refused,
 * because Notion pauses a subscription whose endpoint does.
 */
export const createListener = (parts: ListenerParts): FastifyInstance => {
  const { pairing } = parts
  const server = createHttpServer({ bodyLimitBytes: BODY_LIMIT_BYTES, requestTimeoutMs: REQUEST_TIMEOUT_MS })

  const reject = (reply: FastifyReply, status: number, reason: string) => reply.code(status).send(rejection(reason))

  // Fastify refuses what is no media type at all, signed or not, whatever the path: here it counts as mere bytes.
  server.addHook('onRequest', (request, _reply, done) => {
    if (!isJson(request)) request.headers['content-type'] = 'application/octet-stream'
    done()
  })

  const refuse = (reply: FastifyReply, { status, body }: Refusal) =>
    (status === 503 ? reply.header('retry-after', RETRY_AFTER_S) : reply).code(status).send(body)

  /** What a request is answered that no confirmed secret signed; null where it has just proven itself. */
  const strangerRefusal = async (
    request: FastifyRequest,
    raw: Buffer,
    signature: string | null,
  ): Promise<Refusal | null> => {
    if (signature === null && !isJson(request)) return { status: 415, body: rejection(REJECTIONS[415] ?? '') }
    const token = pairing.isOpen() || raw.length <= LONGEST_HANDSHAKE_BYTES ? tokenOf(raw) : null
    const isHandshake = token !== null && isSubscriptionToken(token)
    if (isHandshake && !pairing.isOpen()) parts.refused.handshake()
    const handshake = token === null ? 'refused' : pairing.handshake(token)
    if (handshake === 'pending') return { status: 200, body: { status: 'pairing' } }
    if (handshake === 'too-many') return { status: 503, body: unavailable('too many tokens; open the pairing again') }
    if (signature === null) return { status: 401, body: rejection('the signature is missing') }
    const proof = await pairing.eventSignedBy(raw, signature)
    switch (proof) {
      case 'confirmed':
        parts.refused.accepted()
        return null
      case 'undecided':
        return { status: 503, body: unavailable('the pairing is not decided yet') }
      case 'unconfirmed':
        parts.refused.unconfirmed()
        return { status: 401, body: rejection('nobody has confirmed its token') }
      case 'former':
        if (!isHandshake) parts.refused.former(claimedId(raw))
        return { status: 401, body: rejection('another secret has taken the place of its own') }
      case 'stranger':
        if (!isHandshake && isSignature(signature)) parts.refused.strange(claimedId(raw))
        return { status: 401, body: rejection('the signature is not valid') }
    }
  }

  server.route({
    method: 'POST',
    url: WEBHOOK_PATH,
    onRequest: async (request, reply) => {
      const probe = probeOf(request)
      const answer = probe === null ? null : parts.answerProbe(probe)
      // Before the flood guard: a stranger's flood must not make the loop look open.
      if (answer !== null) return reply.send(answer)
      if (signatureOf(request) !== null || declaredLength(request) > BODY_LIMIT_BYTES) return
      if (parts.admitsUnsigned()) return
      await reply.header('retry-after', RETRY_AFTER_S).code(429).send(rejection('too many unsigned requests'))
    },
    handler: async (request, reply) => {
      const raw = Buffer.isBuffer(request.body) ? request.body : Buffer.alloc(0)
      const signature = signatureOf(request)
      const secret = signature === null ? undefined : pairing.secrets().find((it) => isSignedWith(raw, signature, it))
      if (secret === undefined) {
        const refusal = await strangerRefusal(request, raw, signature)
        if (refusal !== null) return refuse(reply, refusal)
      } else {
        pairing.used(secret, raw)
        parts.refused.accepted()
      }
      parts.onDelivered(hostOf(request), isForwarded(request))
      const answer = await parts.admit(raw)
      parts.onAnswered(answer)
      if (answer.status === 'unavailable') reply.header('retry-after', RETRY_AFTER_S).code(503)
      return reply.send(answer)
    },
  })

  server.setNotFoundHandler((request, reply) => {
    const [path] = request.url.split('?', 1)
    if (path !== WEBHOOK_PATH) return reject(reply, 404, 'nothing is here')
    return reject(reply.header('allow', 'POST'), 405, 'only POST is accepted here')
  })

  server.setErrorHandler((error: { statusCode?: number; message: string }, _request, reply) => {
    const status = error.statusCode ?? 500
    if (status < 500) return reject(reply, status, REJECTIONS[status] ?? error.message)
    parts.log.error({ error: error.message }, 'A request could not be answered')
    return reply.header('retry-after', RETRY_AFTER_S).code(503).send(unavailable('the request could not be handled'))
  })

  return server
}
