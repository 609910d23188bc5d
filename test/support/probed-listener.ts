import type { IncomingHttpHeaders, ServerResponse } from 'node:http'
import { PROBE_HEADER } from '../../electron/engine/intake/probe-route.ts'
import { createProbe, type Probe } from '../../electron/engine/tunnel/probe.ts'
import { createProbeRequests } from '../../electron/engine/tunnel/probe-requests.ts'
import { startAnsweringServer } from './answering-server.ts'

export interface ArrivedProbe {
  readonly headers: IncomingHttpHeaders
  readonly header: string
  readonly method: string | undefined
}

/** The probe of one process, and what it sends over real HTTP. */
export const createSentProbe = (): Probe => createProbe(createProbeRequests(new AbortController().signal), 'ngrok')

const headerOf = (response: ServerResponse): string => {
  const header = response.req.headers[PROBE_HEADER]
  return typeof header === 'string' ? header : ''
}

/** A server at whose address a probe arrives; `respond` is what becomes of it there. */
export const startProbedServer = async (respond: (response: ServerResponse, header: string) => void) => {
  const arrived: ArrivedProbe[] = []
  const { url } = await startAnsweringServer((response) => {
    const header = headerOf(response)
    arrived.push({ headers: response.req.headers, header, method: response.req.method })
    respond(response, header)
  })
  return { address: `${url}/webhooks/notion`, arrived }
}

/** What our own listener does with a probe. */
export const answeredBy =
  (probe: Probe) =>
  (response: ServerResponse, header: string): void => {
    const answer = probe.answer(header)
    response.writeHead(answer === null ? 401 : 200, { 'content-type': 'application/json' })
    response.end(JSON.stringify(answer ?? { status: 'rejected', event_id: null, reason: 'the signature is missing' }))
  }
