import { DATA_SOURCE, DATABASE, type WorkspaceIds } from './workspace-ids.ts'
import { type DatabasePlan, propertyId, type PropertyPlan, type PropertyType } from './property-types.ts'

export interface SchemaChange {
  readonly id: string
  readonly name: string
  readonly action: 'created' | 'updated'
}

export interface DataSourceEntry {
  readonly id: string
  readonly databaseId: string
  readonly title: string
  /** The number of the generated database whose pages live here; null for a data source that was added. */
  readonly plan: number | null
  readonly properties: readonly PropertyPlan[]
  readonly createdMs: number
  readonly editedMs: number
  /** What the latest change of the schema touched. */
  readonly schemaChanges: readonly SchemaChange[]
}

export interface DatabaseEntry {
  readonly id: string
  readonly title: string
  readonly emoji: string | null
  readonly dataSourceIds: readonly string[]
  readonly isInTrash: boolean
  readonly createdMs: number
  readonly editedMs: number
}

/** The databases and their data sources. Titles are how tests and the demo name them, so an unknown one throws. */
export interface Catalogue {
  databases(): readonly DatabaseEntry[]
  database(id: string): DatabaseEntry | null
  dataSource(id: string): DataSourceEntry | null
  titled(title: string): DatabaseEntry
  firstDataSource(title: string): DataSourceEntry
  addDatabase(title: string, nowMs: number): DatabaseEntry
  addDataSource(databaseTitle: string, title: string, nowMs: number): DataSourceEntry
  rename(title: string, newTitle: string, nowMs: number): void
  addProperty(databaseTitle: string, name: string, type: PropertyType, nowMs: number): void
  setTrash(title: string, isInTrash: boolean, nowMs: number): void
}

const NAME_ONLY: readonly PropertyPlan[] = [{ key: 'title', name: 'Name', type: 'title' }]

export const createCatalogue = (ids: WorkspaceIds, plans: readonly DatabasePlan[], createdMs: number): Catalogue => {
  const databases = new Map<string, DatabaseEntry>()
  const dataSources = new Map<string, DataSourceEntry>()

  const makeSource = (databaseId: string, title: string, plan: number | null, nowMs: number): DataSourceEntry => {
    const entry: DataSourceEntry = {
      id: ids.idOf(DATA_SOURCE, dataSources.size),
      databaseId,
      title,
      plan,
      properties: plan === null ? NAME_ONLY : (plans[plan]?.properties ?? NAME_ONLY),
      createdMs: nowMs,
      editedMs: nowMs,
      schemaChanges: [],
    }
    dataSources.set(entry.id, entry)
    return entry
  }

  const makeDatabase = (title: string, plan: number | null, nowMs: number): DatabaseEntry => {
    const id = ids.idOf(DATABASE, databases.size)
    const entry: DatabaseEntry = {
      id,
      title,
      emoji: plan === null ? null : (plans[plan]?.emoji ?? null),
      dataSourceIds: [makeSource(id, title, plan, nowMs).id],
      isInTrash: false,
      createdMs: nowMs,
      editedMs: nowMs,
    }
    databases.set(id, entry)
    return entry
  }

  plans.forEach((plan, number) => makeDatabase(plan.title, number, createdMs))

  const keyOf = (id: string): string => {
    const meaning = ids.read(id)
    return meaning === null ? '' : ids.idOf(meaning.kind, meaning.index)
  }

  const titled = (title: string): DatabaseEntry => {
    const entry = [...databases.values()].find((database) => database.title === title)
    if (entry === undefined) throw new Error(`The workspace has no database with the title "${title}".`)
    return entry
  }

  const firstDataSource = (title: string): DataSourceEntry => {
    const entry = dataSources.get(titled(title).dataSourceIds[0] ?? '')
    if (entry === undefined) throw new Error(`The database "${title}" has no data source.`)
    return entry
  }

  return {
    databases: () => [...databases.values()],
    database: (id) => databases.get(id) ?? databases.get(keyOf(id)) ?? null,
    dataSource: (id) => dataSources.get(id) ?? dataSources.get(keyOf(id)) ?? null,
    titled,
    firstDataSource,
    addDatabase: (title, nowMs) => makeDatabase(title, null, nowMs),
    addDataSource: (databaseTitle, title, nowMs) => {
      const database = titled(databaseTitle)
      const entry = makeSource(database.id, title, null, nowMs)
      databases.set(database.id, { ...database, dataSourceIds: [...database.dataSourceIds, entry.id], editedMs: nowMs })
      return entry
    },
    rename: (title, newTitle, nowMs) => {
      const database = titled(title)
      const source = firstDataSource(title)
      databases.set(database.id, { ...database, title: newTitle, editedMs: nowMs })
      dataSources.set(source.id, { ...source, title: newTitle, editedMs: nowMs, schemaChanges: [] })
    },
    addProperty: (databaseTitle, name, type, nowMs) => {
      const source = firstDataSource(databaseTitle)
      if (source.properties.some((property) => property.name === name)) {
        throw new Error(`The database "${databaseTitle}" has a property "${name}" already.`)
      }
      const property: PropertyPlan = { key: `nw>${source.properties.length.toString(36)}`, name, type }
      dataSources.set(source.id, {
        ...source,
        properties: [...source.properties, property],
        editedMs: nowMs,
        schemaChanges: [{ id: propertyId(property), name, action: 'created' }],
      })
    },
    setTrash: (title, isInTrash, nowMs) => {
      const database = titled(title)
      databases.set(database.id, { ...database, isInTrash, editedMs: nowMs })
    },
  }
}
