import {
  APIResponseError,
  Client,
  isNotionClientError,
  RequestTimeoutError,
  UnknownHTTPResponseError,
} from '@notionhq/client'
import { z } from 'zod'
import { parsedJson } from '../../../shared/json.ts'
import { errorCode, errorText, inOneLine } from '../foundation/errors.ts'
import { hindranceOf, isOfConnecting, proxyStatusIn, type Way, withCauses } from '../foundation/hindrance.ts'
import { proxyInUse, trustingSystem } from '../foundation/system-network.ts'

/** What a request to Notion came to, before anything of it is believed. */
export type RawAnswer =
  | { readonly kind: 'body'; readonly body: unknown }
  | {
      readonly kind: 'refused'
      readonly status: number
      readonly code: string
      readonly message: string
      readonly retryAfterMs: number | null
      readonly additionalData: Readonly<Record<string, unknown>>
    }
  | Silence

/** network: Notion could not be reached at all · cut: this one request got no whole answer, whoever is the cause. */
export interface Silence {
  readonly kind: 'no-answer'
  readonly reason: 'time-out' | 'network' | 'cut'
  /** In plain words, without a full stop. */
  readonly detail: string
  /** A sentence that says what to do, where that is known. */
  readonly remedy?: string | null
  /** A sentence more: what else may be the reason. */
  readonly besides?: string
}

/** The requests that we make, each for one answer; nothing here retries, waits or interprets. */
export interface NotionRequests {
  me(): Promise<RawAnswer>
  page(id: string): Promise<RawAnswer>
  markdown(id: string): Promise<RawAnswer>
  propertyItems(pageId: string, propertyId: string, cursor: string | null): Promise<RawAnswer>
  dataSource(id: string): Promise<RawAnswer>
  database(id: string): Promise<RawAnswer>
  searchDataSources(cursor: string | null): Promise<RawAnswer>
}

export interface SdkOptions {
  readonly token: string
  readonly baseUrl: string
  readonly version: string
  /** For the whole answer: the SDK's own limit does not cover the body, and a stalled body would hang for ever. */
  readonly answerLimitMs: number
  /** Aborting gives up what is on its way. */
  readonly signal: AbortSignal
  /** Called as an answer arrives, with what its `Date` header says (ms since 1970, in whole seconds). */
  readonly onDate?: (dateMs: number) => void
}

const retryAfterMs = (headers: unknown): number | null => {
  if (!(headers instanceof Headers)) return null
  const seconds = Number(headers.get('retry-after') ?? Number.NaN)
  return Number.isFinite(seconds) && seconds >= 0 ? seconds * 1000 : null
}

const NO_WAY: ReadonlySet<string> = new Set([
  'ENOTFOUND',
  'EAI_AGAIN',
  'ECONNREFUSED',
  'ENETUNREACH',
  'EHOSTUNREACH',
  'ENETDOWN',
  'UND_ERR_CONNECT_TIMEOUT',
])

/** Codes of TLS and of certificates, as when the network of a hotel answers in Notion's place. */
const OF_TLS = /^ERR_(SSL|TLS)_|CERT|^UNABLE_TO_|^HOSTNAME_MISMATCH$|^EPROTO$/

/**
 * Whether no connection could be made: then no page is the cause, and nothing else would get through. A reset tells no
 * such thing even while the connection is being made: somebody was there.
 */
const isOfTheWay = (error: Error): boolean => {
  const code = errorCode(error)
  if (code === null || code === 'ECONNRESET') return false
  return isOfConnecting(error) || NO_WAY.has(code) || OF_TLS.test(code)
}

const UNKNOWN_WAY = { proxy: null, target: 'Notion' } as const

const IF_UNTRUSTED =
  'If a proxy of this network looks into what passes, have the system trust its certificate; else somebody answers in Notion’s place here: try another network.'

/**
 * What a request without an answer came to. An error that nobody knew before counts as cut: that costs the job an attempt
 * and shows in the end, while being offline costs nothing and could go on for ever.
 */
export const silenceOf = (error: unknown, way: Pick<Way, 'proxy' | 'target'> = UNKNOWN_WAY): Silence => {
  const errors = withCauses(error)
  const hindrance = hindranceOf(error, { ...way, ifUntrusted: IF_UNTRUSTED })
  if (errors.some(({ name }) => name === 'TimeoutError' || name === 'RequestTimeoutError')) {
    return { kind: 'no-answer', reason: 'time-out', ...hindrance }
  }
  const isNoWay = proxyStatusIn(errors) !== null || errors.some(isOfTheWay)
  return { kind: 'no-answer', reason: isNoWay ? 'network' : 'cut', ...hindrance }
}

const refusalSchema = z.looseObject({
  code: z.string(),
  message: z.string(),
  additional_data: z.record(z.string(), z.unknown()).optional().catch(undefined),
})

/** From the body itself: the SDK gives away code and message only where its own list, made for its day, has the code. */
const refusalOf = (error: APIResponseError | UnknownHTTPResponseError): RawAnswer => {
  const told = refusalSchema.safeParse(typeof error.body === 'string' ? parsedJson(error.body) : error.body)
  return {
    kind: 'refused',
    status: error.status,
    code: told.data?.code ?? 'unreadable_answer',
    message: told.data?.message ?? error.message,
    retryAfterMs: retryAfterMs(error.headers),
    additionalData: told.data?.additional_data ?? {},
  }
}

const answerOf = async (
  request: () => Promise<unknown>,
  way: () => Pick<Way, 'proxy' | 'target'>,
): Promise<RawAnswer> => {
  try {
    return { kind: 'body', body: await request() }
  } catch (error) {
    if (error instanceof APIResponseError || error instanceof UnknownHTTPResponseError) return refusalOf(error)
    if (error instanceof SyntaxError || (isNotionClientError(error) && !(error instanceof RequestTimeoutError))) {
      return {
        kind: 'refused',
        status: 0,
        code: 'unreadable_answer',
        message: errorText(error),
        retryAfterMs: null,
        additionalData: {},
      }
    }
    return silenceOf(error, way())
  }
}

const HIDDEN = '[hidden]'

/** What Node and the SDK say may quote a header, and with it the token: it would stand in jobs and in the status. */
const withoutToken = (answer: RawAnswer, token: string): RawAnswer => {
  const hidden = (text: string): string => text.replaceAll(token, HIDDEN).replaceAll(inOneLine(token), HIDDEN)
  switch (answer.kind) {
    case 'body':
      return answer
    case 'refused':
      return { ...answer, message: hidden(answer.message) }
    case 'no-answer':
      return { ...answer, detail: hidden(answer.detail) }
  }
}

const silent = (): void => undefined

/** The one home of the Notion SDK and of outgoing requests. Its own retries are off: they are per call, ours are central. */
export const createSdkRequests = (options: SdkOptions): NotionRequests => {
  const client = new Client({
    auth: options.token,
    baseUrl: options.baseUrl,
    notionVersion: options.version,
    timeoutMs: options.answerLimitMs + 5_000,
    retry: false,
    logger: silent,
    fetch: async (url, init) => {
      const response = await trustingSystem(() =>
        fetch(url, {
          ...(init as RequestInit),
          signal: AbortSignal.any([options.signal, AbortSignal.timeout(options.answerLimitMs)]),
        }),
      )
      const dateMs = Date.parse(response.headers.get('date') ?? '')
      if (Number.isFinite(dateMs)) options.onDate?.(dateMs)
      return response
    },
  })
  const way = () => ({ proxy: proxyInUse(options.baseUrl), target: new URL(options.baseUrl).host })
  const ask = async (request: () => Promise<unknown>): Promise<RawAnswer> =>
    withoutToken(await answerOf(request, way), options.token)
  const page = (cursor: string | null) => (cursor === null ? {} : { start_cursor: cursor })
  return {
    me: () => ask(() => client.users.me({})),
    page: (id) => ask(() => client.pages.retrieve({ page_id: id })),
    markdown: (id) => ask(() => client.pages.retrieveMarkdown({ page_id: id })),
    propertyItems: (pageId, propertyId, cursor) =>
      ask(() =>
        client.pages.properties.retrieve({
          page_id: pageId,
          property_id: propertyId,
          page_size: 100,
          ...page(cursor),
        }),
      ),
    dataSource: (id) => ask(() => client.dataSources.retrieve({ data_source_id: id })),
    database: (id) => ask(() => client.databases.retrieve({ database_id: id })),
    searchDataSources: (cursor) =>
      ask(() =>
        client.search({ filter: { property: 'object', value: 'data_source' }, page_size: 100, ...page(cursor) }),
      ),
  }
}
