import { type ApiObject, databaseObject, dataSourceObject, type ObjectSources, pageObject } from './api-objects.ts'
import type { PageEntry, PageStore } from './page-store.ts'
import { propertyId, type PropertyPlan } from './property-types.ts'

export interface PropertyReading {
  readonly property: PropertyPlan
  /** Complete, as it stands under the type's key. */
  readonly value: unknown
}

export interface Row {
  readonly id: string
  readonly createdMs: number
  readonly editedMs: number
  readonly isInTrash: boolean
}

/** The workspace's objects as the API answers them, looked up by their ids, with or without dashes. */
export interface WorkspaceReading {
  /** Complete: no list is cut. Undefined for an unknown or deleted page. */
  page(id: string, onlyProperties?: ReadonlySet<string> | null): ApiObject | undefined
  /** One property of a page, by its id with or without URL encoding. */
  property(pageId: string, id: string): PropertyReading | undefined
  markdown(pageId: string): string | undefined
  database(id: string): ApiObject | undefined
  dataSource(id: string): ApiObject | undefined
  /** The rows of a data source by creation time, from a page's place on. */
  rows(dataSourceId: string, fromPageId: string | null): Iterable<Row>
}

export interface ReadingSources extends ObjectSources {
  readonly pages: PageStore
  readonly markdownOf: (page: PageEntry) => string
}

/** Reads what the access of the sources leaves visible; the rest is as good as unknown. */
export const createReading = (sources: ReadingSources): WorkspaceReading => {
  const { catalogue, pages, values, access, markdownOf } = sources

  const visible = (pageId: string): PageEntry | undefined => {
    const page = pages.entry(pageId)
    return page === null || page.isDeleted || !access.isPageShared(page) ? undefined : page
  }

  function* visibleRows(dataSourceId: string, fromPageId: string | null): Generator<Row> {
    if (!access.isDatabaseShared(catalogue.dataSource(dataSourceId)?.databaseId ?? '')) return
    for (const row of pages.rows(dataSourceId, fromPageId)) if (access.isPageShared(row)) yield row
  }

  return {
    page: (pageId, onlyProperties = null) => {
      const page = visible(pageId)
      return page === undefined ? undefined : pageObject(sources, page, onlyProperties)
    },
    property: (pageId, wanted) => {
      const page = visible(pageId)
      const properties = page === undefined ? undefined : catalogue.dataSource(page.dataSourceId)?.properties
      const property = properties?.find((candidate) => candidate.key === wanted || propertyId(candidate) === wanted)
      if (page === undefined || property === undefined) return undefined
      return { property, value: values.valueOf(page, property) }
    },
    markdown: (pageId) => {
      const page = visible(pageId)
      return page === undefined ? undefined : markdownOf(page)
    },
    database: (databaseId) => {
      const entry = catalogue.database(databaseId)
      return entry === null || !access.isDatabaseShared(entry.id) ? undefined : databaseObject(sources, entry)
    },
    dataSource: (dataSourceId) => {
      const entry = catalogue.dataSource(dataSourceId)
      return entry === null || !access.isDatabaseShared(entry.databaseId) ? undefined : dataSourceObject(sources, entry)
    },
    rows: (dataSourceId, fromPageId) =>
      access.isComplete() ? pages.rows(dataSourceId, fromPageId) : visibleRows(dataSourceId, fromPageId),
  }
}
