import type { Clock } from '../engine/foundation/clock.ts'
import { type ApiObject, databaseObject, dataSourceObject, type ObjectSources, pageObject } from './api-objects.ts'
import { createCatalogue, type SchemaChange } from './catalogue.ts'
import { createHostedFiles } from './hosted-files.ts'
import { createMembers, type Member } from './members.ts'
import { DATABASE_PLANS } from './database-plans.ts'
import { createPageStore, type PageEntry } from './page-store.ts'
import { createPageValues } from './page-values.ts'
import { changedPage, movedValues, type PageChanges } from './page-edits.ts'
import { propertyId, type PropertyPlan, type PropertyType } from './property-types.ts'
import { plainText } from './rich-text.ts'
import { createWorkspaceIds, HOME_PAGE, seededUuid } from './workspace-ids.ts'

export interface WorkspaceOptions {
  readonly seed: number
  readonly pagesPerDatabase: number
  readonly clock: Clock
}

export interface SimulatedDatabase {
  readonly id: string
  readonly title: string
  /** The first data source: the only one, unless another was added. */
  readonly dataSourceId: string
  readonly dataSources: readonly { readonly id: string; readonly title: string }[]
  readonly isInTrash: boolean
}

export interface PageLocation {
  /** The page's id with dashes. */
  readonly id: string
  readonly databaseId: string
  readonly dataSourceId: string
  /** The member who edited the page last. */
  readonly authorId: string
  readonly changedProperties: readonly string[]
}

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

/**
 * A Notion workspace with four generated databases: the same seed and size give the same pages, ids included.
 * Databases are named by title and pages by id; a name that does not exist is a mistake of the caller and throws.
 */
export interface Workspace {
  readonly id: string
  readonly name: string
  readonly botId: string
  /** What deliveries name as `integration_id`: at Notion it is not the bot's id. */
  readonly integrationId: string
  readonly subscriptionId: string
  readonly homePageId: string
  readonly members: readonly Member[]
  readonly databases: readonly SimulatedDatabase[]
  /** The time of the workspace's clock. */
  now(): number

  /** The pages of all data sources of a database, by creation time, without trashed and deleted ones. */
  pageIds(databaseTitle: string): readonly string[]
  /** The page as the API answers it, but complete: no list is cut. Undefined for an unknown or deleted page. */
  page(id: string, onlyProperties?: ReadonlySet<string> | null): ApiObject | undefined
  /** One property of a page, by its id with or without URL encoding. */
  property(pageId: string, id: string): PropertyReading | undefined
  titleOf(pageId: string): string | undefined
  markdown(pageId: string): string | undefined
  /** Knows deleted pages too. */
  location(pageId: string): PageLocation | undefined
  database(id: string): ApiObject | undefined
  dataSource(id: string): ApiObject | undefined
  /** Takes the id of a database or of a data source; gives what the latest change of the schema touched. */
  schemaChanges(id: string): readonly SchemaChange[]
  /** The rows of a data source by creation time, from a page's place on. */
  rows(dataSourceId: string, fromPageId: string | null): Iterable<Row>

  /** Makes a page in the database's first data source, or in the named one; gives its id. */
  createPage(databaseTitle: string, overrides?: PageChanges & { readonly dataSourceId?: string }): string
  editPage(id: string, changes: PageChanges): void
  trashPage(id: string): void
  restorePage(id: string): void
  /** As Notion does, keeps the values of properties that both databases have with the same name and type. */
  movePage(id: string, databaseTitle: string): void
  deletePageForever(id: string): void
  renameDatabase(title: string, newTitle: string): void
  addProperty(databaseTitle: string, name: string, type: PropertyType): void
  trashDatabase(title: string): void
  restoreDatabase(title: string): void
  addDatabase(title: string): SimulatedDatabase
  /** Gives the database a further data source; gives its id. */
  addDataSource(databaseTitle: string, title: string): string
}

/** Generated pages are older than this and older than the clock's yesterday. */
const NEWEST_GENERATED_MS = Date.UTC(2026, 5, 30)
const DAY_MS = 86_400_000

export const createWorkspace = (options: WorkspaceOptions): Workspace => {
  const { seed, pagesPerDatabase, clock } = options
  const ids = createWorkspaceIds(seed)
  const latestMs = Math.min(NEWEST_GENERATED_MS, Math.floor(clock.now() / DAY_MS) * DAY_MS - DAY_MS)
  const members = createMembers(seed)
  const catalogue = createCatalogue(ids, DATABASE_PLANS, latestMs - 1000 * DAY_MS)
  const homes = catalogue.databases().map((database) => database.dataSourceIds[0] ?? '')
  const pages = createPageStore({ seed, pagesPerDatabase, memberCount: members.length, ids, homes, latestMs })
  const id = seededUuid(seed, 801)
  const signedFile = createHostedFiles(seed, id, () => clock.now())
  const values = createPageValues({
    seed,
    pagesPerDatabase,
    ids,
    members,
    catalogue,
    pages,
    hostedFile: (page, name) => signedFile(page.id, name),
  })
  const homePageId = ids.idOf(HOME_PAGE, 0)
  const sources: ObjectSources = { catalogue, members, values, homePageId }
  const listed = new Map<string, readonly string[]>()
  let edits = 0

  const existing = (pageId: string): PageEntry => {
    const page = pages.entry(pageId)
    if (page === null || page.isDeleted) throw new Error(`The workspace has no page with the id ${pageId}.`)
    return page
  }

  const propertiesOf = (page: PageEntry): readonly PropertyPlan[] =>
    catalogue.dataSource(page.dataSourceId)?.properties ?? []

  const titleIn = (page: PageEntry): string => {
    const property = propertiesOf(page).find(({ type }) => type === 'title')
    return property === undefined ? '' : plainText(values.valueOf(page, property))
  }

  const forgetList = (dataSourceId: string | undefined): void => {
    listed.delete(catalogue.dataSource(dataSourceId ?? '')?.databaseId ?? '')
  }

  /** Puts a page whose place, presence or absence in a list has changed. */
  const putListed = (page: PageEntry): void => {
    forgetList(pages.entry(page.id)?.dataSourceId)
    pages.put(page)
    forgetList(page.dataSourceId)
  }

  const edited = (page: PageEntry): PageEntry => {
    edits += 1
    return { ...page, editedMs: clock.now(), editedBy: (page.editedBy + edits) % members.length, changedProperties: [] }
  }

  const markdownOf = (page: PageEntry): string => {
    const pageSeed = values.seedOf(page)
    if (page.markdown !== null || pageSeed === null) return page.markdown ?? ''
    return DATABASE_PLANS[pageSeed.plan]?.markdown(pageSeed) ?? ''
  }

  const simulated = (databaseId: string): SimulatedDatabase => {
    const entry = catalogue.database(databaseId)
    if (entry === null) throw new Error(`The workspace has no database with the id ${databaseId}.`)
    return {
      id: entry.id,
      title: entry.title,
      dataSourceId: entry.dataSourceIds[0] ?? '',
      dataSources: entry.dataSourceIds.map((sourceId) => ({
        id: sourceId,
        title: catalogue.dataSource(sourceId)?.title ?? '',
      })),
      isInTrash: entry.isInTrash,
    }
  }

  return {
    id,
    name: 'Harbour Desk',
    botId: seededUuid(seed, 802),
    integrationId: seededUuid(seed, 803),
    subscriptionId: seededUuid(seed, 804),
    homePageId,
    members,
    get databases() {
      return catalogue.databases().map((entry) => simulated(entry.id))
    },
    now: () => clock.now(),

    pageIds: (databaseTitle) => {
      const database = catalogue.titled(databaseTitle)
      const known = listed.get(database.id)
      if (known !== undefined) return known
      const list = database.dataSourceIds.flatMap((sourceId) =>
        [...pages.rows(sourceId, null)].filter((page) => !page.isInTrash).map((page) => page.id),
      )
      listed.set(database.id, list)
      return list
    },
    page: (pageId, onlyProperties = null) => {
      const page = pages.entry(pageId)
      return page === null || page.isDeleted ? undefined : pageObject(sources, page, onlyProperties)
    },
    property: (pageId, wanted) => {
      const page = pages.entry(pageId)
      if (page === null || page.isDeleted) return undefined
      const property = propertiesOf(page).find(
        (candidate) => candidate.key === wanted || propertyId(candidate) === wanted,
      )
      return property === undefined ? undefined : { property, value: values.valueOf(page, property) }
    },
    titleOf: (pageId) => {
      const page = pages.entry(pageId)
      return page === null ? undefined : titleIn(page)
    },
    markdown: (pageId) => {
      const page = pages.entry(pageId)
      return page === null || page.isDeleted ? undefined : markdownOf(page)
    },
    location: (pageId) => {
      const page = pages.entry(pageId)
      const source = page === null ? null : catalogue.dataSource(page.dataSourceId)
      if (page === null || source === null) return undefined
      return {
        id: page.id,
        databaseId: source.databaseId,
        dataSourceId: source.id,
        authorId: members[page.editedBy]?.id ?? '',
        changedProperties: page.changedProperties,
      }
    },
    database: (databaseId) => {
      const entry = catalogue.database(databaseId)
      return entry === null ? undefined : databaseObject(sources, entry)
    },
    dataSource: (dataSourceId) => {
      const entry = catalogue.dataSource(dataSourceId)
      return entry === null ? undefined : dataSourceObject(sources, entry)
    },
    schemaChanges: (wanted) => {
      const sourceId = catalogue.database(wanted)?.dataSourceIds[0] ?? wanted
      return catalogue.dataSource(sourceId)?.schemaChanges ?? []
    },
    rows: (dataSourceId, fromPageId) => pages.rows(dataSourceId, fromPageId),

    createPage: (databaseTitle, overrides = {}) => {
      const first = catalogue.firstDataSource(databaseTitle)
      const source = overrides.dataSourceId === undefined ? first : catalogue.dataSource(overrides.dataSourceId)
      if (source?.databaseId !== first.databaseId) throw new Error(`The data source is not of "${databaseTitle}".`)
      const page = pages.newPage(source.id, source.plan, clock.now())
      putListed(changedPage(page, overrides, source.properties, members))
      return page.id
    },
    editPage: (pageId, changes) => {
      const page = existing(pageId)
      pages.put(changedPage(edited(page), changes, propertiesOf(page), members))
    },
    trashPage: (pageId) => {
      putListed({ ...edited(existing(pageId)), isInTrash: true })
    },
    restorePage: (pageId) => {
      putListed({ ...edited(existing(pageId)), isInTrash: false })
    },
    movePage: (pageId, databaseTitle) => {
      const page = existing(pageId)
      const target = catalogue.firstDataSource(databaseTitle)
      if (target.id === page.dataSourceId) return
      const kept = movedValues(propertiesOf(page), target.properties, (property) => values.valueOf(page, property))
      const markdown = markdownOf(page)
      putListed({ ...edited(page), dataSourceId: target.id, origin: null, values: kept, markdown })
    },
    deletePageForever: (pageId) => {
      putListed({ ...edited(existing(pageId)), isDeleted: true })
    },
    renameDatabase: (title, newTitle) => {
      catalogue.rename(title, newTitle, clock.now())
    },
    addProperty: (databaseTitle, name, type) => {
      catalogue.addProperty(databaseTitle, name, type, clock.now())
    },
    trashDatabase: (title) => {
      catalogue.setTrash(title, true, clock.now())
    },
    restoreDatabase: (title) => {
      catalogue.setTrash(title, false, clock.now())
    },
    addDatabase: (title) => simulated(catalogue.addDatabase(title, clock.now()).id),
    addDataSource: (databaseTitle, title) => catalogue.addDataSource(databaseTitle, title, clock.now()).id,
  }
}
