import { randomUUID } from 'node:crypto'
import type { ApiObject } from './api-objects.ts'

/** What the simulator sends back; a text stands for a page of HTML, as proxies in front of an API give it. */
export interface ApiAnswer {
  readonly status: number
  readonly body: ApiObject | string
  readonly headers?: Readonly<Record<string, string>>
}

/** Unless the answer's own headers say otherwise. */
export const contentTypeOf = ({ body }: ApiAnswer): string =>
  typeof body === 'string' ? 'text/html' : 'application/json; charset=utf-8'

/** What the connection is called in the workspace. */
export const BOT_NAME = 'Blackcore Sync'

export const okAnswer = (body: ApiObject): ApiAnswer => ({ status: 200, body: { ...body, request_id: randomUUID() } })

export const errorAnswer = (
  status: number,
  code: string,
  message: string,
  additionalData?: ApiObject,
  headers?: Readonly<Record<string, string>>,
): ApiAnswer => ({
  status,
  body: {
    object: 'error',
    status,
    code,
    message,
    ...(additionalData === undefined ? {} : { additional_data: additionalData }),
    request_id: randomUUID(),
  },
  ...(headers === undefined ? {} : { headers }),
})

/** A list; `kind` names what it lists, as the API repeats it. */
export const listAnswer = (
  kind: string,
  kindBody: ApiObject,
  results: readonly unknown[],
  nextCursor: string | null,
  more: ApiObject = {},
): ApiAnswer =>
  okAnswer({
    object: 'list',
    results,
    next_cursor: nextCursor,
    has_more: nextCursor !== null,
    type: kind,
    [kind]: kindBody,
    ...more,
  })

export const unauthorized = (): ApiAnswer => errorAnswer(401, 'unauthorized', 'API token is invalid.')

export const missingVersion = (): ApiAnswer =>
  errorAnswer(
    400,
    'missing_version',
    'Notion-Version header failed validation: Notion-Version header should be defined, instead was `undefined`.',
  )

export const invalidUrl = (): ApiAnswer => errorAnswer(400, 'invalid_request_url', 'Invalid request URL.')

export const invalid = (message: string): ApiAnswer => errorAnswer(400, 'validation_error', message)

export const invalidId = (parameter: string, id: string): ApiAnswer =>
  invalid(`path failed validation: path.${parameter} should be a valid uuid, instead was \`"${id}"\`.`)

export const notFound = (noun: string, id: string, botId: string): ApiAnswer =>
  errorAnswer(
    404,
    'object_not_found',
    `Could not find ${noun} with ID: ${id}. Make sure the relevant pages and databases are shared with your integration "${BOT_NAME}".`,
    { integration_id: botId },
  )

export const rateLimited = (retryAfterS: number): ApiAnswer =>
  errorAnswer(
    429,
    'rate_limited',
    'You have been rate limited. Please try again in a few minutes.',
    { rate_limit_reason: 'public_api_request_rate_limit', retry_after: String(retryAfterS) },
    { 'retry-after': String(retryAfterS) },
  )
