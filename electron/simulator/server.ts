import { type Clock, systemClock } from '../engine/foundation/clock.ts'
import {
  createHttpServer,
  type FastifyReply,
  type FastifyRequest,
  listenHttp,
} from '../engine/foundation/http-server.ts'
import { type ApiAnswer, contentTypeOf, missingVersion, rateLimited, unauthorized } from './api-answers.ts'
import type { FaultPlan } from './fault-plans.ts'
import { addFaultSwitch } from './fault-switch.ts'
import { reactionTo } from './faulty-answers.ts'
import { createPlannedFaults } from './planned-faults.ts'
import { createRateWindow } from './rate-window.ts'
import { readJson } from './request-reading.ts'
import { answerRequest } from './routes.ts'
import { createSilentConnections } from './silent-connections.ts'
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

/**
 * Notion's API on loopback, over a workspace that lives in memory. Faults and access can also be switched over HTTP, at
 * `/simulator/faults` and `/simulator/access`, which count as no requests.
 */
export interface Simulator {
  /** What the SDK takes as `baseUrl`. */
  readonly url: string
  readonly workspace: Workspace
  /** How many requests have come in, refused ones included. */
  readonly requests: () => number
  /** The next requests that fit meet this fault. */
  failNext(plan: FaultPlan): void
  /** Requests that meet a fault already stay with it. */
  clearFaults(): void
  /** Holds answers back after they are made: what they say is the state at the time of the request. */
  beforeAnswer(hold: AnswerHold | null): void
  /** Lets every held or late answer go, and cuts the connections that wait for one that never comes. */
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
  const server = createHttpServer(LIMITS)
  const silent = createSilentConnections(server)
  const window = createRateWindow(requestsPerMinute, clock)
  const stopped = Promise.withResolvers<undefined>()
  const stopping = new AbortController()
  let requests = 0
  let hold: AnswerHold | null = null
  let url = ''

  const answerTo = (request: FastifyRequest, path: string): ApiAnswer => {
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

  const heldBack = (released: Promise<void>): Promise<void> => Promise.race([released, stopped.promise])

  const send = async (reply: FastifyReply, path: string, answer: ApiAnswer, delayMs = 0): Promise<FastifyReply> => {
    if (hold !== null) await heldBack(hold(path))
    if (delayMs > 0) await clock.sleep(delayMs, stopping.signal).catch(() => undefined)
    void reply.code(answer.status).type(contentTypeOf(answer))
    if (answer.headers !== undefined) void reply.headers(answer.headers)
    return reply.send(answer.body)
  }

  const fail = async (request: FastifyRequest, reply: FastifyReply, path: string, plan: FaultPlan) => {
    const reaction = reactionTo(plan, () => answerTo(request, path))
    switch (reaction.kind) {
      case 'answer':
        return send(reply, path, reaction.answer, reaction.delayMs)
      case 'half-answer':
        if (hold !== null) await heldBack(hold(path))
        silent.keepWithHalf(reply, reaction.answer)
        return reply
      case 'silence':
        silent.keep(reply)
        return reply
      case 'drop':
        reply.hijack().raw.destroy()
        return reply
      default:
        return reaction satisfies never
    }
  }

  addFaultSwitch(server, { faults, workspace })
  server.all('/*', async (request, reply) => {
    requests += 1
    const path = request.url.split('?', 1)[0] ?? ''
    const plan = faults.next(path)
    return plan === null ? send(reply, path, answerTo(request, path)) : fail(request, reply, path, plan)
  })
  url = await listenHttp(server, '127.0.0.1', port)

  return {
    url,
    workspace,
    requests: () => requests,
    failNext: faults.add,
    clearFaults: faults.clear,
    beforeAnswer: (next) => {
      hold = next
    },
    stop: async () => {
      stopped.resolve(undefined)
      stopping.abort()
      silent.end()
      await server.close()
    },
  }
}
