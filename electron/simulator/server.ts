import { type Clock, systemClock } from '../engine/foundation/clock.ts'
import { createHttpServer, type FastifyRequest, listenHttp } from '../engine/foundation/http-server.ts'
import { type ApiAnswer, missingVersion, rateLimited, unauthorized } from './api-answers.ts'
import { createPlannedFaults, type FaultPlan } from './planned-faults.ts'
import { createRateWindow } from './rate-window.ts'
import { readJson } from './request-reading.ts'
import { answerRequest } from './routes.ts'
import { createWorkspace, type Workspace } from './workspace.ts'

export interface SimulatorOptions {
  readonly seed: number
  readonly pagesPerDatabase: number
  /** 0, the default, takes any free one. */
  readonly port?: number
  /** The one bearer token that is accepted; left out, any is. */
  readonly token?: string
  /** 180 by default, as at Notion; null for no limit. */
  readonly requestsPerMinute?: number | null
  readonly clock?: Clock
}

/** Called with the path of a request whose answer is ready; the answer leaves when the promise settles. */
export type AnswerHold = (path: string) => Promise<void>

/** Notion's API on loopback, over a workspace that lives in memory. */
export interface Simulator {
  /** What the SDK takes as `baseUrl`. */
  readonly url: string
  readonly workspace: Workspace
  /** How many requests have come in, refused ones included. */
  readonly requests: () => number
  /** The next requests that fit get this answer instead of theirs. */
  failNext(plan: FaultPlan): void
  /** Holds answers back after they are made: what they say is the state at the time of the request. */
  beforeAnswer(hold: AnswerHold | null): void
  /** Lets every held answer go. */
  stop(): Promise<void>
}

const REQUESTS_PER_MINUTE = 180
const LIMITS = { bodyLimitBytes: 1_000_000, requestTimeoutMs: 30_000 }
const BEARER = /^Bearer +(\S+)$/i

export const startSimulator = async (options: SimulatorOptions): Promise<Simulator> => {
  const { seed, pagesPerDatabase, port = 0, token, requestsPerMinute = REQUESTS_PER_MINUTE } = options
  const { clock = systemClock } = options
  const workspace = createWorkspace({ seed, pagesPerDatabase, clock })
  const faults = createPlannedFaults()
  const window = createRateWindow(requestsPerMinute, clock)
  const stopped = Promise.withResolvers<undefined>()
  let requests = 0
  let hold: AnswerHold | null = null
  let url = ''

  const answerTo = (request: FastifyRequest, path: string): ApiAnswer => {
    const fault = faults.next(path)
    if (fault !== null) return fault
    const bearer = BEARER.exec(request.headers.authorization ?? '')?.[1]
    if (bearer === undefined || (token !== undefined && bearer !== token)) return unauthorized()
    if (request.headers['notion-version'] === undefined) return missingVersion()
    const retryAfterS = window.take()
    if (retryAfterS !== null) return rateLimited(retryAfterS)
    const body = readJson(request.body)
    if (body.isRefused) return body.answer
    const query = new URLSearchParams(request.url.slice(path.length))
    return answerRequest(workspace, { method: request.method, path, query, body: body.value, baseUrl: url })
  }

  const server = createHttpServer(LIMITS)
  server.all('/*', async (request, reply) => {
    requests += 1
    const path = request.url.split('?', 1)[0] ?? ''
    const answer = answerTo(request, path)
    if (hold !== null) await Promise.race([hold(path), stopped.promise])
    void reply.code(answer.status)
    if (answer.headers !== undefined) void reply.headers(answer.headers)
    void reply.type(typeof answer.body === 'string' ? 'text/html' : 'application/json; charset=utf-8')
    return reply.send(answer.body)
  })
  url = await listenHttp(server, '127.0.0.1', port)

  return {
    url,
    workspace,
    requests: () => requests,
    failNext: faults.add,
    beforeAnswer: (next) => {
      hold = next
    },
    stop: async () => {
      stopped.resolve(undefined)
      await server.close()
    },
  }
}
