import { z } from 'zod'
import { dashedId, type NotionId } from '../../../shared/ids.ts'
import { type NotionPage, notionPageSchema, type PageContent, pageContentSchema } from '../../../shared/records.ts'
import type { RequestBudget } from './budget.ts'
import { failureOfRefusal, failureOfSilence, isRateLimit, type NotionFailure, unexpectedShape } from './failures.ts'
import {
  type DatabaseInfo,
  type DataSourceInfo,
  databaseOf,
  databaseSchema,
  dataSourceOf,
  dataSourceSchema,
} from './schemas.ts'
import type { NotionRequests, RawAnswer } from './sdk.ts'

export type Answer<T> =
  | { readonly ok: true; readonly value: T }
  | { readonly ok: false; readonly failure: NotionFailure }

export interface Workspace {
  readonly id: string
  readonly name: string | null
}

/** What the engine asks of Notion. Waits for the rate budget and through rate limits; never throws for a refusal. */
export interface Notion {
  me(): Promise<Answer<Workspace>>
  page(id: NotionId): Promise<Answer<NotionPage>>
  content(id: NotionId): Promise<Answer<PageContent>>
  /** Every item of one property of a page; `propertyId` as the page prints it (URL-encoded). */
  propertyItems(pageId: NotionId, propertyId: string): Promise<Answer<readonly unknown[]>>
  dataSource(id: NotionId): Promise<Answer<DataSourceInfo>>
  database(id: NotionId): Promise<Answer<DatabaseInfo>>
  /** What search knows: a help for finding titles. Its index lags and is not complete. */
  findDataSources(): Promise<Answer<readonly DataSourceInfo[]>>
}

export interface NotionOptions {
  readonly requests: NotionRequests
  readonly budget: RequestBudget
  /** Aborting gives up requests that wait for the budget; those on their way end at their time limit. */
  readonly signal: AbortSignal
  /** Notion gave no answer, or does not accept the token; null: it answers. */
  readonly onReach: (failure: NotionFailure | null) => void
}

/** Where Notion asks to wait and does not say how long. */
const UNNAMED_PAUSE_MS = 30_000

/** Where Notion asks to wait for no time at all: a limit that stands is not asked again at once. */
const LEAST_PAUSE_MS = 1_000

const meSchema = z.looseObject({
  bot: z.looseObject({ workspace_id: z.string(), workspace_name: z.string().nullish() }),
})

const listSchema = z.looseObject({
  results: z.array(z.unknown()),
  has_more: z.boolean(),
  next_cursor: z.string().nullable(),
})

const parsed = <T>(answer: Answer<unknown>, schema: z.ZodType<T>, what: string): Answer<T> => {
  if (!answer.ok) return answer
  const result = schema.safeParse(answer.value)
  return result.success ? { ok: true, value: result.data } : { ok: false, failure: unexpectedShape(what) }
}

const mapped = <T, U>(answer: Answer<T>, change: (value: T) => U): Answer<U> =>
  answer.ok ? { ok: true, value: change(answer.value) } : answer

export const createNotion = ({ requests, budget, signal, onReach }: NotionOptions): Notion => {
  const refused = (failure: NotionFailure): Answer<never> => {
    onReach(failure.about === 'token' ? failure : null)
    return { ok: false, failure }
  }

  const silent = (failure: NotionFailure): Answer<never> => {
    if (!signal.aborted) onReach(failure)
    return { ok: false, failure }
  }

  const ask = async (send: () => Promise<RawAnswer>): Promise<Answer<unknown>> => {
    for (;;) {
      await budget.take(signal)
      const answer = await send()
      if (answer.kind === 'no-answer') return silent(failureOfSilence(answer))
      if (answer.kind === 'refused' && !isRateLimit(answer)) return refused(failureOfRefusal(answer))
      onReach(null)
      if (answer.kind === 'body') return { ok: true, value: answer.body }
      budget.pauseFor(Math.max(LEAST_PAUSE_MS, answer.retryAfterMs ?? UNNAMED_PAUSE_MS))
    }
  }

  const askAll = async (send: (cursor: string | null) => Promise<RawAnswer>): Promise<Answer<readonly unknown[]>> => {
    const results: unknown[] = []
    let cursor: string | null = null
    do {
      const from: string | null = cursor
      const list: Answer<z.infer<typeof listSchema>> = parsed(await ask(() => send(from)), listSchema, 'list')
      if (!list.ok) return list
      for (const result of list.value.results) results.push(result)
      cursor = list.value.next_cursor
      // A list that ends before its end must not pass for a whole one; one that stays where it is would never end.
      const isStanding = cursor !== null && cursor === from
      if (list.value.has_more !== (cursor !== null) || isStanding) {
        return { ok: false, failure: unexpectedShape('list') }
      }
    } while (cursor !== null)
    return { ok: true, value: results }
  }

  return {
    me: async () =>
      mapped(parsed(await ask(() => requests.me()), meSchema, 'user'), ({ bot }) => ({
        id: bot.workspace_id,
        name: bot.workspace_name ?? null,
      })),
    page: async (id) => parsed(await ask(() => requests.page(dashedId(id))), notionPageSchema, 'page'),
    content: async (id) => parsed(await ask(() => requests.markdown(dashedId(id))), pageContentSchema, 'page’s text'),
    propertyItems: (pageId, propertyId) =>
      askAll((cursor) => requests.propertyItems(dashedId(pageId), propertyId, cursor)),
    dataSource: async (id) =>
      mapped(parsed(await ask(() => requests.dataSource(dashedId(id))), dataSourceSchema, 'data source'), dataSourceOf),
    database: async (id) =>
      mapped(parsed(await ask(() => requests.database(dashedId(id))), databaseSchema, 'database'), databaseOf),
    findDataSources: async () =>
      mapped(await askAll((cursor) => requests.searchDataSources(cursor)), (results) =>
        results.flatMap((result) => {
          const source = dataSourceSchema.safeParse(result)
          return source.success ? [dataSourceOf(source.data)] : []
        }),
      ),
  }
}
