import { type ApiAnswer, errorAnswer } from './api-answers.ts'
import type { FaultPlan } from './fault-plans.ts'

/** What is done with a request that a fault was planned for. */
export type Reaction =
  | { readonly kind: 'answer'; readonly answer: ApiAnswer; readonly delayMs: number }
  | { readonly kind: 'half-answer'; readonly answer: ApiAnswer }
  | { readonly kind: 'silence' }
  | { readonly kind: 'drop' }

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

const htmlAnswer = (status: number): ApiAnswer => ({
  status,
  body: `<html><body><h1>${status}</h1></body></html>`,
})

const statusAnswer = (plan: Extract<FaultPlan, { status: number; headers?: unknown }>): ApiAnswer => {
  const headers = plan.headers ?? {}
  if (plan.body !== undefined) return { status: plan.status, body: plan.body, headers }
  const [code, message] = KNOWN[plan.status] ?? []
  if (code === undefined || message === undefined) return { ...htmlAnswer(plan.status), headers }
  return { ...errorAnswer(plan.status, code, message), headers }
}

const brokenAnswer = ({ body }: ApiAnswer): ApiAnswer => {
  const text = JSON.stringify(body)
  return {
    status: 200,
    body: text.slice(0, text.length >>> 1),
    headers: { 'content-type': 'application/json; charset=utf-8' },
  }
}

/** Asks for the proper answer only where something of it is sent. */
export const reactionTo = (plan: FaultPlan, properAnswer: () => ApiAnswer): Reaction => {
  switch (plan.kind) {
    case undefined:
    case 'status':
      return { kind: 'answer', answer: statusAnswer(plan), delayMs: 0 }
    case 'latency':
      return { kind: 'answer', answer: properAnswer(), delayMs: plan.delayMs }
    case 'broken-json':
      return { kind: 'answer', answer: brokenAnswer(properAnswer()), delayMs: 0 }
    case 'html':
      return { kind: 'answer', answer: htmlAnswer(plan.status ?? 200), delayMs: 0 }
    case 'stalled-body':
      return { kind: 'half-answer', answer: properAnswer() }
    case 'no-answer':
      return { kind: 'silence' }
    case 'drop':
      return { kind: 'drop' }
    default:
      return plan satisfies never
  }
}
