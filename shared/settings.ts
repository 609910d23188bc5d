import { z } from 'zod'
import { EVENT_NAMES } from './events.ts'
import { TUNNEL_PROVIDERS } from './reach.ts'
import { isToken, TOKEN_RULE } from './tokens.ts'

/**
 * Settings as a person writes them (snake_case) become settings as the program reads them (camelCase, frozen).
 *
 * Two promises to the code that turns issues into sentences: an issue's message is the rule in words
 * ("must be …"), to be followed by what stands there instead; the message of an `unrecognized_keys` issue
 * is the list of the keys that are known there, separated by spaces.
 */
const group = <Shape extends z.core.$ZodLooseShape>(shape: Shape) =>
  z.strictObject(shape, {
    error: (issue) =>
      issue.code === 'unrecognized_keys' ? Object.keys(shape).join(' ') : 'must be a group of keys with values',
  })

const wholeNumber = (smallest: number, largest: number) => {
  const rule = { error: `must be a whole number from ${smallest} to ${largest}` }
  return z.int(rule).min(smallest, rule).max(largest, rule)
}

/** Port 0 takes any free one. */
const port = () => wholeNumber(0, 65_535)

const yesOrNo = () => z.boolean({ error: 'must be true or false' })

const text = (rule: { readonly error: string }) => z.string(rule).regex(/\S/, rule)

/** A value that may be left out or left empty. Spaces around it are not part of it: variables often end in a newline. */
const optionalText = () =>
  z
    .string({ error: 'must be text (a number needs quotes)' })
    .trim()
    .transform((value) => (value === '' ? null : value))
    .nullable()
    .default(null)

/** What is pasted with a token would be told by whoever refuses it, and the token with it. */
const token = () => optionalText().refine((value) => value === null || isToken(value), { error: TOKEN_RULE })

const isWebAddress = (value: string): boolean => URL.canParse(value) && /^https?:$/.test(new URL(value).protocol)

const ENDPOINT_RULE = { error: 'must be an address that starts with https:// or http://' }

const hasCredentials = (value: string): boolean => {
  const url = URL.parse(value)
  return url !== null && `${url.username}${url.password}` !== ''
}

const endpointUrl = z
  .string(ENDPOINT_RULE)
  .refine((value) => value === '' || isWebAddress(value), ENDPOINT_RULE)
  .refine((value) => !hasCredentials(value), {
    error: 'must be an address without a user name and a password (Notion sends none)',
  })
  .transform((value) => (value === '' ? null : value))
  .nullable()
  .default(null)

const BASE_RULE = { error: 'must be an address that starts with https:// or http:// and has no ? or #' }

const baseUrl = z
  .string(BASE_RULE)
  .refine((value) => isWebAddress(value) && !/[?#]/.test(value), BASE_RULE)
  .refine((value) => !hasCredentials(value), {
    error: 'must be an address without a user name and a password (give the token as notion.token)',
  })
  .transform((value) => value.replace(/\/+$/, ''))

const HOST_NAME = /^[a-z0-9]([a-z0-9_.-]*[a-z0-9])?$/i
const HOST_RULE = { error: 'must be an IP address or the name of a host, without a port' }

const isHost = (value: string): boolean =>
  HOST_NAME.test(value) || z.ipv4().safeParse(value).success || z.ipv6().safeParse(value.replace(/%.+$/, '')).success

const UNIT_MS = { ms: 1, s: 1_000, m: 60_000, h: 3_600_000 } as const
const LONGEST_DURATION_MS = 24 * UNIT_MS.h

const millisecondsOf = (written: unknown): number | null => {
  if (written === 0) return 0
  const [, amount, unit] = /^(\d{1,9})(ms|s|m|h)$/.exec(typeof written === 'string' ? written : '') ?? []
  return amount === undefined ? null : Number(amount) * UNIT_MS[unit as keyof typeof UNIT_MS]
}

const DOMAIN_RULE = {
  error: 'must be a domain alone, such as name.ngrok-free.app, without https:// and without a path',
}

/** The domain that is reserved at the provider of the tunnel. */
const domain = () =>
  optionalText().refine((value) => value === null || (HOST_NAME.test(value) && value.includes('.')), DOMAIN_RULE)

/** Takes `500ms`, `5s`, `10m`, `1h`, or 0; gives milliseconds. */
export const durationMs = z.unknown().transform((written, context) => {
  const ms = millisecondsOf(written)
  if (ms !== null && ms <= LONGEST_DURATION_MS) return ms
  context.addIssue('must be a duration of at most 24h with its unit, such as 500ms, 5s, 10m or 1h')
  return z.NEVER
})

const FOLDER_RULE = { error: 'must be the path of a folder' }

const webhookSchema = group({
  endpoint_url: endpointUrl,
  secret: optionalText(),
  listen: group({
    host: z.string(HOST_RULE).refine(isHost, HOST_RULE).default('127.0.0.1'),
    port: port().default(8000),
  })
    .readonly()
    .prefault({}),
  databases: z
    .array(text({ error: 'must be the title or the id of a database (a number needs quotes)' }), {
      error: 'must be a list of databases (titles or ids)',
    })
    .min(1, { error: 'must name at least one database' })
    .readonly(),
  events: z
    .array(z.enum(EVENT_NAMES, { error: 'must be the name of an event, such as page.created or page.updated' }), {
      error: 'must be a list of events',
    })
    .min(1, { error: 'must name at least one event' })
    .readonly()
    .prefault(['page.created', 'page.updated', 'page.deleted', 'database.updated']),
  processing: group({
    queue_size: wholeNumber(1, 10_000_000).default(100_000),
    workers: wholeNumber(1, 32).default(4),
    retry_attempts: wholeNumber(0, 20).default(3),
    retry_backoff: z.enum(['exponential'], { error: 'must be exponential' }).default('exponential'),
  })
    .transform((it) => ({
      queueSize: it.queue_size,
      workers: it.workers,
      retryAttempts: it.retry_attempts,
      retryBackoff: it.retry_backoff,
    }))
    .readonly()
    .prefault({}),
  debouncing: group({ page_updates: durationMs.prefault('5s') })
    .transform((it) => ({ pageUpdatesMs: it.page_updates }))
    .readonly()
    .prefault({}),
  triggers: z
    .record(
      z.string(),
      group({ action: text({ error: 'must be the name of an action' }), async: yesOrNo().default(true) }).readonly(),
      { error: 'must be a group of triggers, each with an action' },
    )
    .readonly()
    .prefault({}),
})
  .transform(({ endpoint_url, ...rest }) => ({ endpointUrl: endpoint_url, ...rest }))
  .readonly()

const notionSchema = group({
  token: token(),
  base_url: baseUrl.prefault('https://api.notion.com'),
  version: z
    .string({ error: 'must be a date such as 2026-03-11' })
    .regex(/^\d{4}-\d{2}-\d{2}$/, { error: 'must be a date such as 2026-03-11' })
    .default('2026-03-11'),
  requests_per_minute: wholeNumber(1, 100_000).default(180),
})
  .transform((it) => ({
    token: it.token,
    baseUrl: it.base_url,
    version: it.version,
    requestsPerMinute: it.requests_per_minute,
  }))
  .readonly()

export const settingsSchema = group({
  webhook: webhookSchema,
  notion: notionSchema.prefault({}),
  cache: group({
    folder: text(FOLDER_RULE)
      .refine((value) => !value.includes('\0'), FOLDER_RULE)
      // Only shells know ~: taken at its word it would become a folder of that name.
      .refine((value) => !/^~($|[\\/])/.test(value), { error: 'must be a path without ~ (write ${HOME} instead)' })
      .default('blackcore-cache'),
    content: yesOrNo().default(true),
  })
    .readonly()
    .prefault({}),
  console: group({ port: port().default(8001) })
    .readonly()
    .prefault({}),
  tunnel: group({
    provider: z.enum(TUNNEL_PROVIDERS, { error: `must be ${TUNNEL_PROVIDERS.join(', ')}` }).default('none'),
    authtoken: token(),
    domain: domain(),
  })
    .readonly()
    .prefault({}),
})
  .check(({ value, issues }) => {
    if (value.tunnel.provider !== 'url' || value.webhook.endpointUrl !== null) return
    issues.push({
      code: 'custom',
      message: 'must be the public address that leads here, where tunnel.provider is url',
      path: ['webhook', 'endpoint_url'],
      input: value.webhook.endpointUrl,
    })
  })
  .readonly()

export type Settings = z.infer<typeof settingsSchema>
