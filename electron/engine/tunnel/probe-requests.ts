import type { Duplex } from 'node:stream'
import { connect } from 'node:tls'
import { type Hindrance, hindranceOf, refusedByProxy, viaProxy, unreachableProxy } from '../foundation/hindrance.ts'
import { httpRequest, httpsRequest, type IncomingAnswer, isIP } from '../foundation/http-server.ts'
import { connectThroughProxy } from '../foundation/proxy-connection.ts'
import { proxyInUse, type SystemProxy, trustingSystem, withAuthorities } from '../foundation/system-network.ts'
import { PROBE_HEADER } from '../intake/probe-route.ts'

/** What a probe's request came to. */
export type ProbeReply =
  | {
      readonly kind: 'answer'
      readonly status: number
      /** `ERR_NGROK_3200`, where ngrok answered in our place. */
      readonly ngrokCode: string | null
      /** Its beginning. */
      readonly body: string
      /** Only authorities of this system vouch for the certificate of the address. */
      readonly isKnownHereOnly?: true
    }
  /** `besides`: what may be the reason too. */
  | { readonly kind: 'time-out'; readonly besides?: string }
  | ({ readonly kind: 'no-way' } & Hindrance)

export interface ProbeRequests {
  /** POSTs a probe to the address. Never rejects. */
  post(address: string, header: string): Promise<ProbeReply>
}

/** A tunnel through three continents takes a second; what takes longer is no way for a webhook. */
const ANSWER_LIMIT_MS = 5_000

/** More than our own answer has; a stranger's page is not worth reading. */
const LONGEST_BODY_BYTES = 1_000

/** What is known of the way already, thrown on to where all of it is told. */
class Hindered extends Error {
  readonly hindrance: Hindrance

  constructor(hindrance: Hindrance) {
    super(hindrance.detail)
    this.name = 'Hindered'
    this.hindrance = hindrance
  }
}

const IF_UNTRUSTED =
  'Give the address a certificate of a public authority (Let’s Encrypt, say), for its name and with those in between; if a proxy of this network shows its own in its place, have the system trust that.'

const defaultPort = ({ protocol }: URL): number => (protocol === 'https:' ? 443 : 80)

const targetOf = (url: URL): string => `${url.hostname}:${url.port === '' ? defaultPort(url) : url.port}`

const beginningOf = async (answer: AsyncIterable<Uint8Array>): Promise<string> => {
  const chunks: Uint8Array[] = []
  let sizeBytes = 0
  for await (const chunk of answer) {
    chunks.push(chunk)
    sizeBytes += chunk.byteLength
    // Leaving the loop gives the rest of the answer up.
    if (sizeBytes >= LONGEST_BODY_BYTES) break
  }
  return Buffer.concat(chunks).subarray(0, LONGEST_BODY_BYTES).toString('utf8')
}

const throughProxy = async (proxy: SystemProxy, url: URL, signal: AbortSignal): Promise<Duplex> => {
  const connecting = await trustingSystem(() => connectThroughProxy(proxy.url, targetOf(url), signal)).catch(
    (error: unknown) => {
      throw new Hindered(unreachableProxy(proxy, error))
    },
  )
  if (!connecting.ok) throw new Hindered(refusedByProxy(proxy, connecting.status, targetOf(url)))
  return connecting.connection
}

/** What Notion would refuse is refused here too, whatever the environment says (NODE_TLS_REJECT_UNAUTHORIZED). */
const checkedBy = (ca: readonly string[]) => ({ ca: [...ca], rejectUnauthorized: true })

const askFor = async (
  url: URL,
  header: string,
  signal: AbortSignal,
  ca: readonly string[],
): Promise<IncomingAnswer> => {
  const proxy = proxyInUse(url.href)
  const isSecure = url.protocol === 'https:'
  const carried = proxy === null ? null : await throughProxy(proxy, url, signal)
  const servername = isIP(url.hostname.replaceAll(/[[\]]/g, '')) === 0 ? url.hostname : ''
  const options = {
    method: 'POST',
    signal,
    // Without an agent Node takes that of http: for everybody's, and writes it into the Host header.
    defaultPort: defaultPort(url),
    // Browsers get a page of warning at ngrok's free plan in place of what they ask for.
    headers: {
      [PROBE_HEADER]: header,
      'content-type': 'application/json',
      'ngrok-skip-browser-warning': 'true',
      'user-agent': 'Blackcore Sync',
      accept: '*/*',
      'accept-encoding': 'identity',
    },
    ...(isSecure ? checkedBy(ca) : {}),
    ...(carried === null
      ? // No connection of before: its certificate was checked then, and not by these authorities.
        { agent: false as const }
      : {
          createConnection: () =>
            isSecure ? connect({ socket: carried, host: url.hostname, servername, ...checkedBy(ca) }) : carried,
        }),
  }
  const { promise, resolve, reject } = Promise.withResolvers<IncomingAnswer>()
  const request = (isSecure ? httpsRequest : httpRequest)(url, options)
  request.on('response', resolve)
  // Once an answer has begun, its body tells what becomes of it.
  request.on('error', reject)
  request.end('{}')
  return promise
}

const replyOf = async (answer: IncomingAnswer, isKnownHereOnly: boolean): Promise<ProbeReply> => {
  const ngrokCode = answer.headers['ngrok-error-code']
  return {
    kind: 'answer',
    status: answer.statusCode ?? 0,
    ngrokCode: typeof ngrokCode === 'string' ? ngrokCode : null,
    body: await beginningOf(answer),
    ...(isKnownHereOnly ? { isKnownHereOnly } : {}),
  }
}

const hindrance = (error: unknown, address: string): Hindrance => {
  if (error instanceof Hindered) return error.hindrance
  // A proxy that was on the way has done its part by then, or was told above.
  return hindranceOf(error, { proxy: null, target: address, ifUntrusted: IF_UNTRUSTED })
}

const lateReply = (address: string): ProbeReply => {
  const proxy = proxyInUse(address)
  return { kind: 'time-out', ...(proxy === null ? {} : { besides: viaProxy(proxy) }) }
}

/**
 * The one home of requests to our own public address; they follow nobody who sends them on. `signal` gives up what is on its
 * way. It takes no part in what Node keeps for the whole process: neither connections nor whom it trusts.
 */
export const createProbeRequests = (signal: AbortSignal): ProbeRequests => ({
  post: async (address, header) => {
    const limit = AbortSignal.timeout(ANSWER_LIMIT_MS)
    try {
      const url = new URL(address)
      const given = AbortSignal.any([signal, limit])
      const { answer, isKnownHereOnly } = await withAuthorities((ca) => askFor(url, header, given, ca))
      return await replyOf(answer, isKnownHereOnly)
    } catch (error) {
      return limit.aborted && !signal.aborted ? lateReply(address) : { kind: 'no-way', ...hindrance(error, address) }
    }
  },
})
