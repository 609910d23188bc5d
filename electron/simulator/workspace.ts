import type { Clock } from '../engine/foundation/clock.ts'
import { COMPLETE_ACCESS, createAccess } from './access.ts'
import { createCatalogue, type SchemaChange } from './catalogue.ts'
import { createHostedFiles } from './hosted-files.ts'
import { createMembers, type Member } from './members.ts'
import { DATABASE_PLANS } from './database-plans.ts'
import { createPageStore, type PageEntry } from './page-store.ts'
import { createPageValues } from './page-values.ts'
import { changedPage, movedValues, type PageChanges } from './page-edits.ts'
import type { PropertyPlan, PropertyType } from './property-types.ts'
import { plainText } from './rich-text.ts'
import { createReading, type ReadingSources, type WorkspaceReading } from './workspace-reading.ts'
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

/**
 * A Notion workspace with four generated databases: the same seed and size give the same pages, ids included.
 * Databases are named by title and pages by id; a name that does not exist is a mistake of the caller and throws.
 * Read directly, it gives everything, whatever the connection may see.
 */
export interface Workspace extends WorkspaceReading {
  readonly id: string
  readonly name: string
  readonly botId: string
  /** What deliveries name as `integration_id`: at Notion it is not the bot's id. */
  readonly integrationId: string
  readonly subscriptionId: string
  readonly homePageId: string
  readonly members: readonly Member[]
  readonly databases: readonly SimulatedDatabase[]
  /** What the API gives the connection: without the pages and databases that access was withdrawn from. */
  readonly shared: WorkspaceReading
  /** The time of the workspace's clock. */
  now(): number

  /** The pages of all data sources of a database, by creation time, without trashed and deleted ones. */
  pageIds(databaseTitle: string): readonly string[]
  titleOf(pageId: string): string | undefined
  /** Knows deleted pages too. */
  location(pageId: string): PageLocation | undefined
  /** Takes the id of a database or of a data source; gives what the latest change of the schema touched. */
  schemaChanges(id: string): readonly SchemaChange[]

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
  /**
   * Takes the id of a page, or of a database for everything in it. To the connection it does not exist any more, and
   * relations to it look empty; Notion tells nobody.
   */
  withdrawAccess(id: string): void
  /** Undoes `withdrawAccess` of the same id. */
  grantAccess(id: string): void
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
  const homePageId = ids.idOf(HOME_PAGE, 0)
  const access = createAccess(catalogue)
  const valueSources = {
    ...{ seed, pagesPerDatabase, ids, members, catalogue, pages },
    hostedFile: (page: PageEntry, name: string) => signedFile(page.id, name),
  }
  const values = createPageValues({ ...valueSources, access: COMPLETE_ACCESS })
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

  const sources: ReadingSources = {
    ...{ catalogue, members, homePageId, pages, markdownOf, values },
    access: COMPLETE_ACCESS,
  }
  const sharedValues = createPageValues({ ...valueSources, access })

  /** The id of a page or database, as `access` knows it. */
  const grantableId = (wanted: string): string => {
    const page = pages.entry(wanted)
    const found = page === null || page.isDeleted ? catalogue.database(wanted) : page
    if (found === null) throw new Error(`The workspace has no page or database with the id ${wanted}.`)
    return found.id
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
    ...createReading(sources),
    shared: createReading({ ...sources, values: sharedValues, access }),
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
    titleOf: (pageId) => {
      const page = pages.entry(pageId)
      return page === null ? undefined : titleIn(page)
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
    schemaChanges: (wanted) => {
      const sourceId = catalogue.database(wanted)?.dataSourceIds[0] ?? wanted
      return catalogue.dataSource(sourceId)?.schemaChanges ?? []
    },

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
    withdrawAccess: (wanted) => {
      access.withdraw(grantableId(wanted))
    },
    grantAccess: (wanted) => {
      access.grant(grantableId(wanted))
    },
  }
}
