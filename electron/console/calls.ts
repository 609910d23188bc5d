import { type CallHandlers, type CallName, CALLS } from '../../shared/bridge.ts'
import { parsedJson } from '../../shared/json.ts'
import type { FastifyInstance } from '../engine/engine.ts'
import { isSameText } from '../engine/settings/same-text.ts'
import type { FailedAnswers } from './failed-answers.ts'

const isCallName = (name: string): name is CallName => Object.hasOwn(CALLS, name)

/** A call without a body has an empty input. */
const inputOf = (body: unknown): unknown =>
  Buffer.isBuffer(body) && body.length > 0 ? parsedJson(body.toString('utf8')) : {}

/** One call of the table: the input is checked, then handed over; nothing else reaches a handler. */
const answer = async <Name extends CallName>(
  handlers: CallHandlers,
  name: Name,
  body: unknown,
): Promise<{ readonly status: number; readonly body: unknown }> => {
  const input = CALLS[name].input.safeParse(body)
  if (!input.success) return { status: 400, body: { error: 'The input of the call does not have its shape.' } }
  const handler = handlers[name] as (input: unknown) => Promise<unknown>
  return { status: 200, body: await handler(input.data) }
}

/** `POST /calls/<name>`: what a person asks of the engine; only with the token of the console file. */
export const serveCalls = (
  server: FastifyInstance,
  token: string,
  handlers: CallHandlers,
  failed: FailedAnswers['call'],
): void => {
  server.post<{ Params: { name: string } }>('/calls/:name', async (request, reply) => {
    const given = /^Bearer (.+)$/.exec(request.headers.authorization ?? '')?.[1]
    if (given === undefined || !isSameText(given, token)) {
      return reply.code(401).send({ error: 'The token of the console file is missing or not valid.' })
    }
    const { name } = request.params
    if (!isCallName(name)) return reply.code(404).send({ error: 'There is no such call.' })
    try {
      const result = await answer(handlers, name, inputOf(request.body))
      return await reply.code(result.status).send(result.body)
    } catch (error) {
      const { status, sentence } = failed(name, error)
      return reply.code(status).send({ error: sentence })
    }
  })
}
