import Fastify, { type FastifyInstance } from 'fastify'

export type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify'
/** For requests, and here all the same: Node has them in the modules of its servers, which have their one home here. */
export { type IncomingMessage as IncomingAnswer, request as httpRequest, setGlobalProxyFromEnv } from 'node:http'
export { request as httpsRequest } from 'node:https'
export { isIP } from 'node:net'

export interface HttpServerLimits {
  readonly bodyLimitBytes: number
  /** The whole request, headers and body, has to arrive within this time. */
  readonly requestTimeoutMs: number
}

/**
 * The one place that makes HTTP servers: intake, console and simulator are given what it returns.
 * Bodies reach the routes as raw bytes, whatever their content type says.
 */
export const createHttpServer = (limits: HttpServerLimits): FastifyInstance => {
  const server = Fastify({
    logger: false,
    bodyLimit: limits.bodyLimitBytes,
    requestTimeout: limits.requestTimeoutMs,
    keepAliveTimeout: 72_000,
    forceCloseConnections: 'idle',
    exposeHeadRoutes: false,
    http: { maxHeaderSize: 16_384, headersTimeout: limits.requestTimeoutMs, connectionsCheckingInterval: 5_000 },
  })
  // Node refuses other expectations than 100-continue with 417; nothing here depends on them.
  server.server.on('checkExpectation', (request, reply) => {
    server.server.emit('request', request, reply)
  })
  server.removeAllContentTypeParsers()
  server.addContentTypeParser('*', { parseAs: 'buffer' }, (_request, body, done) => {
    done(null, body)
  })
  return server
}

/** Starts listening; gives the address as `http://host:port`. Port 0 takes any free one. */
export const listenHttp = async (server: FastifyInstance, host: string, port: number): Promise<string> => {
  await server.listen({ host, port })
  const address = server.server.address()
  if (address === null || typeof address === 'string') return `http://${host}:${port}`
  const shownHost = address.family === 'IPv6' ? `[${address.address}]` : address.address
  return `http://${shownHost}:${address.port}`
}
