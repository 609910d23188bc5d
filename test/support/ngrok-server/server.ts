import { once } from 'node:events'
import { createServer, request as ask, type IncomingMessage, type ServerResponse } from 'node:http'
import type { AddressInfo, Server, Socket } from 'node:net'
import { createServer as createTlsServer, type TLSSocket } from 'node:tls'
import { onTestFinished } from 'vitest'
import type { ServerCertificate } from '../../../electron/engine/tunnel/server-certificate.ts'
import { type Agent, type Endpoint, serveAgent } from './agent.ts'
import { type RefusalCode, REFUSALS, refusal } from './refusals.ts'

/**
 * What an agent of ngrok connects to, on loopback: the library itself opens its sessions and endpoints here. A domain is
 * online once, as at ngrok without pooling. What the traffic policy says is kept, and not followed. Ends with the test.
 */
export interface NgrokServer {
  /** For agents: `host:port`. */
  readonly address: string
  /** For visitors: `http://127.0.0.1:port`, which leads into the tunnel. */
  readonly url: string
  /** Every session that authenticated, the first one first. */
  readonly agents: readonly Agent[]
  openAgents(): readonly Agent[]
  /** Connections that are secured and open, authenticated or not. */
  connections(): number
  endpoints(): readonly Endpoint[]
  /** From now on; null: nobody is refused. */
  refuseWith(code: RefusalCode | null): void
  /** Cuts every connection that is open. */
  dropConnections(): void
  /** Nothing is read and nothing answered any more: on the connections that are open, or on all that come too. */
  fallSilent(whom: 'those open' | 'everyone'): void
  /** Reads on and answers. */
  resume(): void
  /** Nobody listens for agents any more, and who was connected is cut. */
  stop(): Promise<void>
  /** Listens again at the same address. */
  reopen(): Promise<void>
}

export const portOf = (server: Server): number => {
  const address: AddressInfo | string | null = server.address()
  if (address === null || typeof address === 'string') throw new Error('no address')
  return address.port
}

const listening = async (server: Server, port: number): Promise<number> => {
  server.listen(port, '127.0.0.1')
  await once(server, 'listening')
  return portOf(server)
}

const closed = async (server: Server): Promise<void> => {
  if (!server.listening) return
  server.close()
  await once(server, 'close')
}

export const startNgrokServer = async ({ certificate, key }: ServerCertificate): Promise<NgrokServer> => {
  const agents: Agent[] = []
  const sockets = new Set<TLSSocket>()
  const raw = new Set<Socket>()
  let refused: RefusalCode | null = null
  let isSilent = false

  const openAgents = (): readonly Agent[] => agents.filter(({ isOpen }) => isOpen)
  const refusesAs = (of: 'agent' | 'endpoint') =>
    refused !== null && REFUSALS[refused].of === of ? refusal(refused) : null

  const visit = (visitor: IncomingMessage, response: ServerResponse): void => {
    const [agent] = openAgents().filter(({ endpoints }) => endpoints.size > 0)
    const [endpointId] = agent?.endpoints.keys() ?? []
    if (agent === undefined || endpointId === undefined) {
      visitor.resume()
      response.writeHead(404, { 'ngrok-error-code': 'ERR_NGROK_3200' }).end('The endpoint is offline.')
      return
    }
    const { method, url: path, headers } = visitor
    const outgoing = ask({ createConnection: () => agent.visit(endpointId), method, path, headers })
    outgoing.on('error', () => {
      if (!response.headersSent) response.writeHead(502, { 'ngrok-error-code': 'ERR_NGROK_3004' })
      response.end()
    })
    outgoing.on('response', (answer) => {
      response.writeHead(answer.statusCode ?? 502, answer.headers)
      answer.pipe(response)
    })
    visitor.pipe(outgoing)
  }
  const front = createServer(visit)
  const url = `http://127.0.0.1:${await listening(front, 0)}`

  const silence = (socket: TLSSocket): void => {
    socket.pause()
    socket.cork()
  }

  const welcome = (socket: TLSSocket): void => {
    sockets.add(socket)
    socket.on('close', () => sockets.delete(socket))
    // A connection that breaks is what these tests are about.
    socket.on('error', () => undefined)
    serveAgent(socket, {
      url,
      authenticated: (agent) => {
        const refusedNow = refusesAs('agent')
        if (refusedNow === null) agents.push(agent)
        return refusedNow
      },
      bound: (agent, { domain }) => {
        const isOnline = openAgents().some(
          (other) => other !== agent && [...other.endpoints.values()].some((endpoint) => endpoint.domain === domain),
        )
        return isOnline ? refusal('ERR_NGROK_334') : refusesAs('endpoint')
      },
    })
    if (isSilent) silence(socket)
  }
  const server = createTlsServer({ cert: certificate, key }, welcome)
  // Who does not trust the certificate ends the connection.
  server.on('tlsClientError', () => undefined)
  server.on('connection', (socket: Socket) => {
    raw.add(socket)
    socket.on('close', () => raw.delete(socket))
  })
  const port = await listening(server, 0)

  const dropConnections = (): void => {
    for (const socket of sockets) socket.destroy()
  }
  const stop = async (): Promise<void> => {
    const ended = closed(server)
    dropConnections()
    // Those too that are only being secured.
    for (const socket of raw) socket.destroy()
    await ended
  }
  onTestFinished(async () => {
    await stop()
    front.closeAllConnections()
    await closed(front)
  })

  return {
    address: `127.0.0.1:${port}`,
    url,
    agents,
    openAgents,
    connections: () => sockets.size,
    endpoints: () => openAgents().flatMap(({ endpoints }) => [...endpoints.values()]),
    refuseWith: (code) => {
      refused = code
    },
    dropConnections,
    fallSilent: (whom) => {
      isSilent = whom === 'everyone'
      for (const socket of sockets) silence(socket)
    },
    resume: () => {
      isSilent = false
      for (const socket of sockets) {
        socket.uncork()
        socket.resume()
      }
    },
    stop,
    reopen: async () => {
      await listening(server, port)
    },
  }
}
