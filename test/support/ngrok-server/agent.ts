import { randomUUID } from 'node:crypto'
import type { Duplex } from 'node:stream'
import { authSchema, bindSchema, onTyped, onWholeJson, proxyHeader, REQUEST, unbindSchema } from './requests.ts'
import { createStreams } from './streams.ts'

/** What an agent made reachable. */
export interface Endpoint {
  readonly id: string
  readonly domain: string
  readonly forwardsTo: string
  readonly trafficPolicy: string | null
}

/** One session of an agent, from its authentication until its connection ends. */
export interface Agent {
  readonly clientId: string
  /** The library brought it back by itself, under the name that it had before. */
  readonly isReturning: boolean
  readonly endpoints: ReadonlyMap<string, Endpoint>
  readonly isOpen: boolean
  /** A connection to what an endpoint forwards to. */
  visit(endpointId: string): Duplex
}

/** What the server says to an agent's wishes: null, or what stands in the response instead. */
export interface Rules {
  authenticated(agent: Agent): object | null
  bound(agent: Agent, endpoint: Endpoint): object | null
  readonly url: string
}

const DOMAIN = 'name.ngrok-free.test'

/** Speaks with one agent on its connection. */
export const serveAgent = (connection: Duplex, rules: Rules): void => {
  const endpoints = new Map<string, Endpoint>()
  let agent: (Agent & { isOpen: boolean }) | null = null

  const authenticate = (value: unknown): object => {
    const { ClientId } = authSchema.parse(value)
    agent = {
      clientId: ClientId === '' ? `ts_${randomUUID()}` : ClientId,
      isReturning: ClientId !== '',
      endpoints,
      isOpen: true,
      visit: (endpointId) => {
        const stream = streams.open()
        stream.write(proxyHeader(endpointId))
        return stream
      },
    }
    const refused = rules.authenticated(agent)
    if (refused !== null) return refused
    return { Version: '3', ClientId: agent.clientId, Extra: { Version: '3', Region: 'test', Cookie: 'a-cookie' } }
  }

  const bind = (value: unknown): object => {
    const { Id, Proto, ForwardsTo, Opts, Extra } = bindSchema.parse(value)
    if (agent === null) return { Error: 'An agent has to authenticate first.' }
    const id = Id === '' ? `tn_${randomUUID()}` : Id
    const domain = Opts.Domain === '' ? DOMAIN : Opts.Domain
    const endpoint: Endpoint = { id, domain, forwardsTo: ForwardsTo, trafficPolicy: Opts.TrafficPolicy }
    const refused = rules.bound(agent, endpoint)
    if (refused !== null) return refused
    endpoints.set(id, endpoint)
    return { Id: id, URL: rules.url, Proto, Opts, Extra: { ...Extra, Token: 'a-token-of-the-endpoint' } }
  }

  const unbind = (value: unknown): object => {
    endpoints.delete(unbindSchema.parse(value).Id)
    return {}
  }

  const answers = new Map<number, (value: unknown) => object>([
    [REQUEST.auth, authenticate],
    [REQUEST.bind, bind],
    [REQUEST.unbind, unbind],
  ])

  const streams = createStreams(connection, (stream) => {
    onTyped(stream, (type) => {
      if (type === REQUEST.heartbeat) {
        return (bytes) => {
          stream.write(bytes)
        }
      }
      const answer = answers.get(type)
      return onWholeJson((value) => {
        stream.end(JSON.stringify(answer?.(value) ?? { Error: `There is no request of type ${type}.` }))
      })
    })
  })

  connection.on('close', () => {
    endpoints.clear()
    if (agent !== null) agent.isOpen = false
  })
}
