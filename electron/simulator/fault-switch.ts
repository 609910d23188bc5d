import { z } from 'zod'
import { parseNotionId } from '../../shared/ids.ts'
import type { FastifyInstance } from '../engine/foundation/http-server.ts'
import type { ApiObject } from './api-objects.ts'
import { faultPlanSchema } from './fault-plans.ts'
import type { PlannedFaults } from './planned-faults.ts'
import { readJson } from './request-reading.ts'
import type { Workspace } from './workspace.ts'

interface SwitchAnswer {
  readonly status: number
  readonly body: ApiObject
}

interface Switched {
  readonly faults: PlannedFaults
  readonly workspace: Workspace
}

type Switch = (switched: Switched, body: unknown) => SwitchAnswer

const NO_ID = 'has to be the id of a page or a database'

const accessSchema = z.strictObject({
  id: z.string(NO_ID).refine((id) => parseNotionId(id) !== null, NO_ID),
  shared: z.boolean('has to be true or false'),
})

const refused = (sentence: string, status = 400): SwitchAnswer => ({ status, body: { error: sentence } })

const sentenceOf = (error: z.ZodError): string => {
  const [issue] = error.issues
  if (issue?.code === 'unrecognized_keys') return `The key "${issue.keys[0] ?? ''}" has no meaning here.`
  if (issue === undefined || issue.path.length === 0) return 'The body has to be a JSON object.'
  return `${issue.path.join('.')} ${issue.message}.`
}

const listed = ({ faults }: Switched): SwitchAnswer => ({
  status: 200,
  body: {
    faults: faults.list().map(({ plan, left }) => ({
      ...plan,
      kind: plan.kind ?? 'status',
      ...(plan.match === undefined ? {} : { match: plan.match.source }),
      left,
    })),
  },
})

const addFault: Switch = (switched, body) => {
  const plan = faultPlanSchema.safeParse(body)
  if (!plan.success) return refused(sentenceOf(plan.error))
  switched.faults.add(plan.data)
  return listed(switched)
}

const clearFaults: Switch = (switched) => {
  switched.faults.clear()
  return listed(switched)
}

const setAccess: Switch = ({ workspace }, body) => {
  const wanted = accessSchema.safeParse(body)
  if (!wanted.success) return refused(sentenceOf(wanted.error))
  const { id, shared } = wanted.data
  if (workspace.page(id, new Set()) === undefined && workspace.database(id) === undefined) {
    return refused(`The workspace has no page or database with the id ${id}.`)
  }
  if (shared) workspace.grantAccess(id)
  else workspace.withdrawAccess(id)
  return { status: 200, body: { id, shared } }
}

const SWITCHES: Readonly<Record<string, Readonly<Record<string, Switch>>>> = {
  '/simulator/faults': { GET: listed, POST: addFault, DELETE: clearFaults },
  '/simulator/access': { POST: setAccess },
}

const switchFor = (method: string, path: string): Switch | SwitchAnswer => {
  const methods = SWITCHES[path]
  if (methods === undefined) return refused(`Nothing is switched at ${path}: ${Object.keys(SWITCHES).join(', ')}.`, 404)
  return methods[method] ?? refused(`${path} takes ${Object.keys(methods).join(', ')}, and not ${method}.`, 405)
}

/**
 * Faults and access, switched from outside the process, without a token: see `SWITCHES`.
 * A plan is answered with the list of those that stand, a wrong one with 400 and one sentence as `error`.
 */
export const addFaultSwitch = (server: FastifyInstance, switched: Switched): void => {
  server.all('/simulator/*', async (request, reply) => {
    const found = switchFor(request.method, request.url.split('?', 1)[0] ?? '')
    const body = readJson(request.body)
    const answered = (): SwitchAnswer => {
      if (typeof found !== 'function') return found
      return body.isRefused ? refused('The body is no JSON.') : found(switched, body.value)
    }
    const answer = answered()
    return reply.code(answer.status).send(answer.body)
  })
}
