import type { NotionRequests, RawAnswer } from '../../electron/engine/notion/sdk.ts'

export interface ScriptedRequests extends NotionRequests {
  /** What was asked for, in order: the name of the request and its arguments. */
  readonly asked: readonly string[]
}

/** A Notion without a network: `answer` says what the nth request (from 1) comes to. */
export const createScriptedRequests = (answer: (asked: string, nth: number) => RawAnswer): ScriptedRequests => {
  const asked: string[] = []
  const request =
    (name: string) =>
    async (...values: readonly (string | null)[]): Promise<RawAnswer> => {
      asked.push([name, ...values.map((value) => value ?? 'start')].join(' '))
      return answer(asked.at(-1) ?? '', asked.length)
    }
  return {
    asked,
    me: request('me'),
    page: request('page'),
    markdown: request('markdown'),
    propertyItems: request('propertyItems'),
    dataSource: request('dataSource'),
    database: request('database'),
    searchDataSources: request('searchDataSources'),
  }
}

export const body = (value: unknown): RawAnswer => ({ kind: 'body', body: value })

export const refusal = (
  status: number,
  code: string,
  more: { readonly retryAfterMs?: number; readonly additionalData?: Readonly<Record<string, unknown>> } = {},
): Extract<RawAnswer, { kind: 'refused' }> => ({
  kind: 'refused',
  status,
  code,
  message: 'as Notion puts it',
  retryAfterMs: more.retryAfterMs ?? null,
  additionalData: more.additionalData ?? {},
})
