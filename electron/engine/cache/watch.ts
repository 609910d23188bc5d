import { type NotionId, parseNotionId } from '../../../shared/ids.ts'

/** What one entry of the settings' `databases` can name: a database or a data source, by id or by title. */
export interface Watchable {
  readonly databaseId: NotionId
  readonly databaseTitle: string
  readonly sourceId: NotionId
  readonly sourceTitle: string
}

export interface WatchList {
  /** The entries that are ids: of databases or of data sources, which one only Notion knows. */
  readonly ids: readonly NotionId[]
  /** The entries that name this source, by id or by title. */
  naming(source: Watchable): readonly string[]
  isWatched(source: Watchable): boolean
  hasEntry(entry: string): boolean
  /** The entries that none of these sources answers to: titles that nothing is known of yet. */
  unresolved(sources: readonly Watchable[]): readonly string[]
}

/** Titles are compared in this form: a keyboard may write an accent otherwise than Notion does. */
export const titleKey = (title: string): string => title.normalize('NFC').trim()

const matcher = (entry: string): ((source: Watchable) => boolean) => {
  const id = parseNotionId(entry.trim())
  const title = titleKey(entry)
  return (source) =>
    (id !== null && (source.databaseId === id || source.sourceId === id)) ||
    titleKey(source.databaseTitle) === title ||
    titleKey(source.sourceTitle) === title
}

export const createWatchList = (entries: readonly string[]): WatchList => {
  const matchers = entries.map((entry) => ({ entry, matches: matcher(entry) }))
  return {
    ids: entries.flatMap((entry) => parseNotionId(entry.trim()) ?? []),
    naming: (source) => matchers.filter(({ matches }) => matches(source)).map(({ entry }) => entry),
    hasEntry: (entry) => entries.includes(entry),
    isWatched: (source) => matchers.some(({ matches }) => matches(source)),
    unresolved: (sources) => matchers.filter(({ matches }) => !sources.some(matches)).map(({ entry }) => entry),
  }
}
