import type { CallHandlers } from '../../shared/bridge.ts'
import { healthOf, type EngineStatus } from '../../shared/status.ts'
import { closeServer, createHttpServer, type FastifyInstance, listenAt, systemClock } from '../engine/engine.ts'
import { serveCalls } from './calls.ts'
import { createFailedAnswers, type FailedAnswerParts, type FailedAnswers } from './failed-answers.ts'
import { statusText, unreadStatusText } from './status-text.ts'

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
  /** The engine's own. */
  readonly log: FailedAnswerParts['log']
  readonly redact: FailedAnswerParts['redact']
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

interface Shown {
  readonly type: string
  readonly body: string | object
}

interface Look {
  readonly read: () => Shown | Promise<Shown>
  /** What is shown where that fails: a sentence says why. */
  readonly unread: (sentence: string) => Shown
}

const serveLook = (server: FastifyInstance, path: string, failed: FailedAnswers, { read, unread }: Look): void => {
  server.get(path, async (_request, reply) => {
    let shown: Shown
    try {
      shown = await read()
      failed.lookSucceeded(path)
    } catch (error) {
      const { status, sentence } = failed.look(path, error)
      shown = unread(sentence)
      reply.code(status)
    }
    return reply.type(shown.type).send(shown.body)
  })
}

/** Rejects with a StartError where the port cannot be had. */
export const startConsole = async (options: ConsoleOptions): Promise<Console> => {
  const { port, where, status, token, calls } = options
  const server = createHttpServer({ bodyLimitBytes: 65_536, requestTimeoutMs: 10_000 })
  guard(server)
  const failed = createFailedAnswers(options)
  serveLook(server, '/health', failed, {
    read: () => ({ type: 'application/json; charset=utf-8', body: healthOf(status()) }),
    unread: (error) => ({ type: 'application/json; charset=utf-8', body: { status: 'degraded', error } }),
  })
  serveLook(server, '/', failed, {
    read: () => ({ type: 'text/plain; charset=utf-8', body: statusText(status()) }),
    unread: (error) => ({ type: 'text/plain; charset=utf-8', body: unreadStatusText(error) }),
  })
  serveLook(server, '/metrics', failed, {
    read: async () => ({ type: 'text/plain; version=0.0.4; charset=utf-8', body: await options.metrics() }),
    unread: (error) => ({ type: 'text/plain; charset=utf-8', body: `${error}\n` }),
  })
  serveCalls(server, token, calls, failed.call)
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
