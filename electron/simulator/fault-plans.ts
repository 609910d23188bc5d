import { z } from 'zod'

/** Each message goes on from the name of its key. */
const between = (least: number, most: number) => {
  const message = `has to be a whole number from ${least} to ${most}`
  return z.int(message).min(least, message).max(most, message)
}

const count = (message: string) => z.int(message).min(1, message)

const HOUR_MS = 3_600_000
const HEADER_NAME = /^[\w!#$%&'*+.^`|~-]+$/
const HEADER_VALUE = /^[\t\x20-\x7e\x80-\xff]*$/

const status = between(200, 599)

const regularExpression = z.string('has to be a regular expression as a text').transform((text, context) => {
  try {
    return new RegExp(text)
  } catch {
    context.addIssue('has to be a regular expression as a text')
    return z.NEVER
  }
})

const headers = z
  .record(z.string(), z.string('has to be a text'), 'has to be an object of texts')
  .refine(
    (given) => Object.entries(given).every(([name, value]) => HEADER_NAME.test(name) && HEADER_VALUE.test(value)),
    'has to hold proper names and values of HTTP headers',
  )

const target = {
  /** Compared with the path, without its query string; every path when left out. */
  match: regularExpression.optional(),
  /** How many requests it takes before it is used up; null for all, until the faults are cleared. */
  times: count('has to be a whole number of 1 or more, or null').nullable().default(1),
  /** It takes each nth request that fits, those counted that an older plan takes; every one when left out. */
  everyNth: count('has to be a whole number of 1 or more').optional(),
}

const kinds = [
  /** An answer with this status and nothing done. */
  z.strictObject({
    kind: z.literal('status').optional(),
    ...target,
    status,
    /** A text is sent as HTML. Left out: the body that Notion sends with this status. */
    body: z
      .union([z.string(), z.record(z.string(), z.unknown())], 'has to be an object, or a text that is sent as HTML')
      .optional(),
    headers: headers.optional(),
  }),
  /** The proper answer, late. */
  z.strictObject({ kind: z.literal('latency'), ...target, delayMs: between(0, HOUR_MS) }),
  /** Nothing at all, on a connection that stays open until the simulator stops. */
  z.strictObject({ kind: z.literal('no-answer'), ...target }),
  /** The proper answer's headers and half of its body, then nothing until the simulator stops. */
  z.strictObject({ kind: z.literal('stalled-body'), ...target }),
  /** 200 with half of the proper answer's text as the whole body. */
  z.strictObject({ kind: z.literal('broken-json'), ...target }),
  /** A page of HTML, as a proxy in front of the API gives it; 200 when no status is named. */
  z.strictObject({ kind: z.literal('html'), ...target, status: status.optional() }),
  /** The connection is cut. */
  z.strictObject({ kind: z.literal('drop'), ...target }),
] as const

const NAMES = 'status, latency, no-answer, stalled-body, broken-json, html, drop'

/** A plan as HTTP carries it; left out, the kind is `status`, and `times` is 1. */
export const faultPlanSchema = z.discriminatedUnion('kind', kinds, {
  error: `has to be one of: ${NAMES}`,
})

export type FaultPlan = Readonly<z.output<typeof faultPlanSchema>>
