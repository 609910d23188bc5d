import { type NotionId, parseNotionId } from '../../../shared/ids.ts'
import { titleKey } from '../cache/watch.ts'
import type { Answer, Notion } from '../notion/client.ts'
import type { NotionFailure } from '../notion/failures.ts'
import type { DatabaseInfo } from '../notion/schemas.ts'
import { lookUpId } from '../processors/look-up.ts'

/** Whether what an entry of `webhook.databases` names can be read. */
export interface WatchedFinding {
  readonly entry: string
  /** not shown: Notion answers, and shows nothing of that name or id · failed: for the failure's reason. */
  readonly kind: 'readable' | 'in trash' | 'not shown' | 'failed'
  readonly failure: NotionFailure | null
}

/** Databases that are asked for their titles where their sources' titles do not tell. */
const DATABASES_ASKED_AT_MOST = 100

type State = Omit<WatchedFinding, 'entry'>

const found = (isInTrash: boolean): State => ({ kind: isInTrash ? 'in trash' : 'readable', failure: null })

/** An id that Notion does not take for one names nothing either. */
const refused = (failure: NotionFailure): State => ({
  kind: failure.about === 'missing object' || failure.about === 'request' ? 'not shown' : 'failed',
  failure,
})

const NOT_SHOWN: State = { kind: 'not shown', failure: null }

const once = <T>(ask: () => Promise<T>): (() => Promise<T>) => {
  let asked: Promise<T> | null = null
  return () => (asked ??= ask())
}

/**
 * Asks Notion for each entry. `known`: the data sources that an entry is known to name, so that they need not be looked
 * for. Changes nothing; rejects where the client gives up waiting.
 */
export const findWatched = async (
  notion: Notion,
  entries: readonly string[],
  known: (entry: string) => readonly NotionId[],
): Promise<readonly WatchedFinding[]> => {
  const search = once(notion.findDataSources)

  /** All that search knows, with their own titles. */
  const databases = once(async (): Promise<Answer<readonly DatabaseInfo[]>> => {
    const sources = await search()
    if (!sources.ok) return sources
    const ids = [...new Set(sources.value.map(({ databaseId }) => databaseId))].slice(0, DATABASES_ASKED_AT_MOST)
    const shown: DatabaseInfo[] = []
    for (const id of ids) {
      const answer = await notion.database(id)
      if (answer.ok) shown.push(answer.value)
      else if (answer.failure.about === 'way' || answer.failure.about === 'token') return answer
    }
    return { ok: true, value: shown }
  })

  const ofSource = async (id: NotionId): Promise<State> => {
    const source = await notion.dataSource(id)
    return source.ok ? found(source.value.isInTrash) : refused(source.failure)
  }

  const ofId = async (id: NotionId): Promise<State> => {
    const facts = await lookUpId(notion, id)
    if (!facts.ok) return refused(facts.failure)
    return found(facts.value.length > 0 && facts.value.every((each) => each.isInTrash || each.isDatabaseInTrash))
  }

  const ofTitle = async (title: string): Promise<State> => {
    const key = titleKey(title)
    const sources = await search()
    if (!sources.ok) return refused(sources.failure)
    const named = sources.value.find((source) => titleKey(source.title) === key)
    // Search may lag behind: only asking shows that it can be read.
    if (named !== undefined) return ofSource(named.id)
    const containers = await databases()
    if (!containers.ok) return refused(containers.failure)
    const container = containers.value.find((database) => titleKey(database.title) === key)
    return container === undefined ? NOT_SHOWN : found(container.isInTrash)
  }

  const stateOf = async (entry: string): Promise<State> => {
    const sources = known(entry)
    const id = parseNotionId(entry.trim())
    if (sources.length === 0) return id === null ? ofTitle(entry) : ofId(id)
    const states = await Promise.all(sources.map(ofSource))
    return states.find(({ kind }) => kind === 'readable') ?? states[0] ?? NOT_SHOWN
  }

  return Promise.all(entries.map(async (entry) => ({ entry, ...(await stateOf(entry)) })))
}
