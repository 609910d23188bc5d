import type { Catalogue, KnownSource } from '../cache/catalogue.ts'
import type { RecordIndex } from '../cache/record-index.ts'
import type { WatchList } from '../cache/watch.ts'
import type { FilterView, Verdict } from './filter.ts'

/** What the catalogue and the record index say, in the filter's terms. An id of the settings is watched at once. */
export const createFilterView = (
  catalogue: Catalogue,
  watchList: WatchList,
  records: RecordIndex,
  workspaceId: () => string | null,
  isWorkedOn: (pageId: string) => boolean,
): FilterView => {
  const named = new Set(watchList.ids)
  const verdictOf = (id: string, sources: readonly KnownSource[]): Verdict => {
    if (named.has(id) || sources.some((source) => source.isWatched)) return 'watched'
    return sources.length === 0 ? 'unknown' : 'not-watched'
  }
  return {
    workspaceId,
    sourceVerdict: (id) => {
      const source = catalogue.source(id)
      return verdictOf(id, source === null ? [] : [source])
    },
    databaseVerdict: (id) => verdictOf(id, catalogue.sourcesOf(id)),
    isAnyUnresolved: () => catalogue.unresolved().length > 0,
    holds: (pageId) => records.holds(pageId) || isWorkedOn(pageId),
  }
}
