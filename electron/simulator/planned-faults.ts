import { type ApiAnswer, errorAnswer } from './api-answers.ts'
import type { ApiObject } from './api-objects.ts'

export interface FaultPlan {
  /** Compared with the path, without its query string; every path when left out. */
  readonly match?: RegExp
  /** How many requests it takes before it is used up. */
  readonly times: number
  readonly status: number
  /** A text is sent as HTML. Left out: the body that Notion sends with this status. */
  readonly body?: ApiObject | string
  readonly headers?: Readonly<Record<string, string>>
}

export interface PlannedFaults {
  add(plan: FaultPlan): void
  /** The fault for this request, of the oldest plan that fits; null when it is to be answered properly. */
  next(path: string): ApiAnswer | null
}

const KNOWN: Readonly<Record<number, readonly [code: string, message: string]>> = {
  400: ['validation_error', 'body failed validation.'],
  401: ['unauthorized', 'API token is invalid.'],
  403: ['restricted_resource', 'Insufficient permissions for this endpoint.'],
  404: ['object_not_found', 'Could not find the object.'],
  409: ['conflict_error', 'Conflict occurred while saving. Please try again.'],
  429: ['rate_limited', 'You have been rate limited. Please try again in a few minutes.'],
  500: ['internal_server_error', 'Unexpected error occurred.'],
  503: ['service_unavailable', 'Service is temporarily unavailable. Please try again.'],
  504: ['gateway_timeout', 'The request took too long.'],
  529: ['service_overload', 'The service is overloaded. Please try again later.'],
}

const answerOf = (plan: FaultPlan): ApiAnswer => {
  const headers = plan.headers ?? {}
  if (plan.body !== undefined) return { status: plan.status, body: plan.body, headers }
  const [code, message] = KNOWN[plan.status] ?? []
  if (code === undefined || message === undefined) {
    return { status: plan.status, body: `<html><body><h1>${plan.status}</h1></body></html>`, headers }
  }
  return { ...errorAnswer(plan.status, code, message), headers }
}

export const createPlannedFaults = (): PlannedFaults => {
  let plans: readonly { readonly plan: FaultPlan; readonly left: number }[] = []
  return {
    add: (plan) => {
      plans = [...plans, { plan, left: plan.times }]
    },
    next: (path) => {
      const at = plans.findIndex(
        ({ plan, left }) => left > 0 && (plan.match === undefined || path.search(plan.match) !== -1),
      )
      const found = plans[at]
      if (found === undefined) return null
      plans = plans.toSpliced(at, 1, ...(found.left > 1 ? [{ plan: found.plan, left: found.left - 1 }] : []))
      return answerOf(found.plan)
    },
  }
}
