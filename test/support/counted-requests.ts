import type { NotionRequests } from '../../electron/engine/notion/sdk.ts'

/** Called before each side effect with its name; what it throws is what the effect ends with. */
export type BeforeEffect = (effect: string) => void

/** Requests with every one announced; one that throws did not reach Notion. */
export const countedRequests = (requests: NotionRequests, before: BeforeEffect): NotionRequests => {
  const announced =
    <Args extends readonly unknown[]>(name: string, send: (...args: Args) => ReturnType<NotionRequests['me']>) =>
    async (...args: Args): ReturnType<NotionRequests['me']> => {
      try {
        before(`request ${name}`)
      } catch (error) {
        return { kind: 'no-answer', reason: 'network', detail: error instanceof Error ? error.message : String(error) }
      }
      return send(...args)
    }
  return {
    me: announced('me', requests.me),
    page: announced('page', requests.page),
    markdown: announced('markdown', requests.markdown),
    propertyItems: announced('property items', requests.propertyItems),
    dataSource: announced('data source', requests.dataSource),
    database: announced('database', requests.database),
    searchDataSources: announced('search', requests.searchDataSources),
  }
}
