import type { CallHandlers } from '../../shared/bridge.ts'
import { healthOf, type EngineStatus } from '../../shared/status.ts'
import { closeServer, createHttpServer, type FastifyInstance, listenAt, systemClock } from '../engine/engine.ts'
import { serveCalls } from './calls.ts'
import { statusText } from './status-text.ts'

/** The console: what a person, or a program of this machine, asks the running engine. Loopback only. */
export interface Console {
  /** `http://127.0.0.1:port`. */
  readonly url: string
  stop(): Promise<void>
}

export interface ConsoleOptions {
  readonly port: number
  /** Names the setting of the port in messages. */
  readonly where: string
  readonly status: () => EngineStatus
  readonly metrics: () => Promise<string>
  /** Commands are answered only to who knows the token. */
  readonly token: string
  readonly calls: CallHandlers
}

const LOOPBACK = '127.0.0.1'
const LOOPBACK_NAMES: ReadonlySet<string> = new Set(['127.0.0.1', 'localhost', '[::1]'])

const hostName = (authority: string): string => authority.replace(/:\d+$/, '').toLowerCase()

/** A web page anywhere can make its own name resolve to 127.0.0.1 (DNS rebinding): only our own names are answered. */
const isOwnHost = (host: string | undefined): boolean => host !== undefined && LOOPBACK_NAMES.has(hostName(host))

/** A browser names the page that asks; programs name none. */
const isOwnOrigin = (origin: string | undefined, host: string): boolean =>
  origin === undefined || origin.toLowerCase() === `http://${host.toLowerCase()}`

const guard = (server: FastifyInstance): void => {
  server.addHook('onRequest', async (request, reply) => {
    const { host, origin } = request.headers
    if (isOwnHost(host) && isOwnOrigin(origin, host ?? '')) return
    await reply.code(403).send({ error: 'The console answers only to this machine: use http://127.0.0.1.' })
  })
}

/** Rejects with a StartError where the port cannot be had. */
export const startConsole = async (options: ConsoleOptions): Promise<Console> => {
  const { port, where, status } = options
  const server = createHttpServer({ bodyLimitBytes: 65_536, requestTimeoutMs: 10_000 })
  guard(server)
  server.get('/health', () => healthOf(status()))
  server.get('/', (_request, reply) => reply.type('text/plain; charset=utf-8').send(statusText(status())))
  server.get('/metrics', async (_request, reply) =>
    reply.type('text/plain; version=0.0.4; charset=utf-8').send(await options.metrics()),
  )
  serveCalls(server, options.token, options.calls)
  server.setNotFoundHandler((_request, reply) => reply.code(404).send({ error: 'Nothing is here.' }))
  const url = await listenAt(server, LOOPBACK, port, where)
  return {
    url,
    stop: () => {
      // A waiting call would hold the end up.
      server.server.closeAllConnections()
      return closeServer(server, systemClock)
    },
  }
}
