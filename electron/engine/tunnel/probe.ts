import { createHmac, randomBytes } from 'node:crypto'
import { z } from 'zod'
import { parsedJson } from '../../../shared/json.ts'
import type { ProbeAnswer } from '../intake/probe-route.ts'
import { isSameText } from '../settings/same-text.ts'
import { ngrokFailure } from './ngrok-failures.ts'
import type { TunnelFailure } from './provider.ts'
import type { ProbeReply, ProbeRequests } from './probe-requests.ts'

/**
 * Proof that the public address leads to this very process: a request that only we could have signed goes out to the
 * address, must arrive at our own listener, and its answer, which only we could have signed, must come back.
 */
export interface Probe {
  /** Null: it came back. */
  send(address: string): Promise<TunnelFailure | null>
  /** For the listener: what a probe of ours is answered; null for anything else, and for one that was seen before. */
  answer(header: string): ProbeAnswer | null
  /** What is to be said of the address although the newest probe came back from it; null: nothing. */
  warning(address: string): string | null
}

const NONCE_BYTES = 16
const HEADER = /^([0-9a-f]{32})\.([0-9a-f]{64})$/

const answerSchema = z.object({ status: z.literal('probe'), proof: z.string() })

const failure = (code: string, message: string): TunnelFailure => ({ code, message })

const also = ({ besides }: { readonly besides?: string }): string => (besides === undefined ? '' : ` ${besides}`)

const NGROK_CODE = /^ERR_NGROK_\d+$/

/** Our own way to the address is blocked or broken: that need not be Notion's. */
export const isOfOurWay = ({ code }: TunnelFailure): boolean => code === 'no-way' || code === 'silent'

/** ngrok itself says that nothing is at the address. */
export const isOfNgrok = ({ code }: TunnelFailure): boolean => NGROK_CODE.test(code)

/**
 * ngrok answers in our place where no tunnel is: its code stands in a header (ngrok.com/docs/errors). Where the tunnel is
 * not ours to open, a person has to.
 */
const refusedBy = (
  address: string,
  { status, ngrokCode }: Extract<ProbeReply, { kind: 'answer' }>,
  kind: 'ngrok' | 'url',
): TunnelFailure => {
  if (ngrokCode !== null && NGROK_CODE.test(ngrokCode)) {
    if (kind === 'ngrok') return ngrokFailure(new Error(ngrokCode), null)
    const message = `ngrok answers at ${address} in this program’s place (${ngrokCode}). Start your ngrok agent, or look that it forwards to this program.`
    return failure(ngrokCode, message)
  }
  if (status >= 300 && status < 400) {
    return failure(
      'elsewhere',
      `${address} sends its visitors on to another address, and Notion does not follow. Write the address that answers itself.`,
    )
  }
  const lacks = status === 404 ? ' Check the path of the address.' : ''
  return failure(
    'elsewhere',
    `${address} does not lead to this program: something else answers there (${status}).${lacks} Check what the proxy or the tunnel forwards to.`,
  )
}

export const createProbe = (requests: ProbeRequests, kind: 'ngrok' | 'url'): Probe => {
  const key = randomBytes(32)
  const awaited = new Set<string>()
  /** The address that only authorities of this system vouch for. */
  let knownHereOnly: string | null = null
  const signed = (what: 'probe' | 'answer', nonce: string): string =>
    createHmac('sha256', key).update(`${what}:${nonce}`).digest('hex')

  const outcome = (address: string, nonce: string, reply: ProbeReply): TunnelFailure | null => {
    const hasArrived = !awaited.has(nonce)
    switch (reply.kind) {
      case 'time-out':
        return failure(
          'silent',
          (hasArrived
            ? `${address} leads here, but our answers do not get back through it. Check the proxy or the tunnel.`
            : `${address} does not answer. Check that it is right, and that the proxy or the tunnel runs.`) +
            also(reply),
        )
      case 'no-way':
        return failure(
          'no-way',
          `${address} cannot be reached from this computer: ${reply.detail}. ${reply.remedy ?? 'Check the network and the address.'}${also(reply)}`,
        )
      case 'answer': {
        const answer = answerSchema.safeParse(parsedJson(reply.body))
        if (reply.status === 200 && answer.success && isSameText(answer.data.proof, signed('answer', nonce))) {
          if (!hasArrived) return failure('elsewhere', `${address} does not lead to this program.`)
          knownHereOnly = reply.isKnownHereOnly === true ? address : null
          return null
        }
        return refusedBy(address, reply, kind)
      }
    }
  }

  return {
    send: async (address) => {
      const nonce = randomBytes(NONCE_BYTES).toString('hex')
      awaited.add(nonce)
      try {
        return outcome(address, nonce, await requests.post(address, `${nonce}.${signed('probe', nonce)}`))
      } finally {
        awaited.delete(nonce)
      }
    },
    answer: (header) => {
      const [, nonce = '', signature = ''] = HEADER.exec(header) ?? []
      if (!awaited.has(nonce) || !isSameText(signature, signed('probe', nonce))) return null
      awaited.delete(nonce)
      return { status: 'probe', proof: signed('answer', nonce) }
    },
    warning: (address) =>
      address === knownHereOnly
        ? `Only authorities of this system vouch for the certificate of ${new URL(address).host}, and Notion refuses those that not everybody knows. Check from outside that it is of a public authority (Let’s Encrypt, say); a proxy of this network that looks into what passes looks the same from here.`
        : null,
  }
}
