import { z } from 'zod'
import { dashedId, parseNotionId } from '../../shared/ids.ts'
import { type ApiAnswer, errorAnswer, invalid } from './api-answers.ts'

export interface ApiRequest {
  readonly method: string
  /** Without the query string, still URL-encoded. */
  readonly path: string
  readonly query: URLSearchParams
  readonly body: unknown
  /** The address that the request came in at. */
  readonly baseUrl: string
}

/** A part of a request, or the answer that refuses it. */
export type Reading<T> =
  | { readonly isRefused: false; readonly value: T }
  | { readonly isRefused: true; readonly answer: ApiAnswer }

const pageSize = z.coerce
  .number('should be a number or `undefined`')
  .int('should be an integer')
  .min(1, 'should be ≥ `1`')
  .max(100, 'should be ≤ `100`')

export const listQuerySchema = z.looseObject({
  start_cursor: z.string().optional(),
  page_size: pageSize.optional(),
})

export const listBodySchema = z.looseObject({
  start_cursor: z.string('should be a string or `undefined`').nullish(),
  page_size: pageSize.optional(),
  filter: z.unknown().optional(),
  in_trash: z.boolean('should be a boolean or `undefined`').optional(),
})

export const searchBodySchema = z.looseObject({
  start_cursor: z.string('should be a string or `undefined`').nullish(),
  page_size: pageSize.optional(),
  query: z.string('should be a string or `undefined`').optional(),
  filter: z
    .looseObject({
      property: z.literal('object', 'should be `"object"`').optional(),
      value: z.enum(['page', 'data_source'], 'should be `"page"` or `"data_source"`').optional(),
      in_trash: z.boolean('should be a boolean or `undefined`').optional(),
    })
    .optional(),
})

const valueAt = (value: unknown, path: readonly PropertyKey[]): unknown =>
  path.reduce<unknown>(
    (at, key) => (typeof at === 'object' && at !== null ? (at as Record<PropertyKey, unknown>)[key] : undefined),
    value,
  )

/** Parses the body or the query of a request; refuses in Notion's words. */
export const readPart = <S extends z.ZodType>(
  schema: S,
  part: 'body' | 'query',
  value: unknown,
): Reading<z.infer<S>> => {
  const parsed = schema.safeParse(value)
  if (parsed.success) return { isRefused: false, value: parsed.data }
  const issue = parsed.error.issues[0]
  const path = issue?.path ?? []
  const place = [part, ...path].join('.')
  const given = valueAt(value, path)
  return {
    isRefused: true,
    answer: invalid(
      `${part} failed validation: ${place} ${issue?.message ?? 'is invalid'}, instead was \`${JSON.stringify(given)}\`.`,
    ),
  }
}

/** Takes the bytes of a body; an absent one counts as an empty object. */
export const readJson = (bytes: unknown): Reading<unknown> => {
  if (!(bytes instanceof Uint8Array) || bytes.byteLength === 0) return { isRefused: false, value: {} }
  try {
    return { isRefused: false, value: JSON.parse(new TextDecoder().decode(bytes)) }
  } catch {
    return { isRefused: true, answer: errorAnswer(400, 'invalid_json', 'Error parsing JSON body.') }
  }
}

const PROPER_UUID = /^(?:0{32}|[0-9a-f]{12}[1-8][0-9a-f]{3}[89ab][0-9a-f]{15})$/

/** The dashed form of an id in a path; null for what Notion refuses as no valid UUID. */
export const readId = (text: string): string | null => {
  const id = parseNotionId(text)
  return id !== null && PROPER_UUID.test(id) ? dashedId(id) : null
}
