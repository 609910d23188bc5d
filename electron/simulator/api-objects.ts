import type { Access } from './access.ts'
import type { Catalogue, DatabaseEntry, DataSourceEntry } from './catalogue.ts'
import type { Member } from './members.ts'
import type { PageEntry } from './page-store.ts'
import { minuteTime, type PageValues } from './page-values.ts'
import { propertyId, type PropertyPlan } from './property-types.ts'
import { plainText, textItem } from './rich-text.ts'

/** An object as the API answers it. */
export type ApiObject = Readonly<Record<string, unknown>>

export interface ObjectSources {
  readonly catalogue: Catalogue
  readonly members: readonly Member[]
  readonly values: PageValues
  readonly access: Access
  readonly homePageId: string
}

const compactId = (id: string): string => id.replaceAll('-', '')

const slugOf = (title: string): string =>
  title
    .normalize('NFD')
    .replaceAll(/[^A-Za-z0-9]+/g, '-')
    .replaceAll(/^-|-$/g, '')

const iconOf = (emoji: string | null): ApiObject | null => (emoji === null ? null : { type: 'emoji', emoji })

const userOf = (members: readonly Member[], at: number): ApiObject => ({ object: 'user', id: members[at]?.id ?? '' })

/** What the answer of a page carries for one property. */
const propertyObject = (property: PropertyPlan, value: unknown): ApiObject => ({
  id: propertyId(property),
  type: property.type,
  [property.type]: value,
  ...(property.type === 'relation' ? { has_more: false } : {}),
})

/** Takes the ids of the properties to give, or null for all; every value is complete. */
export const pageObject = (sources: ObjectSources, page: PageEntry, only: ReadonlySet<string> | null): ApiObject => {
  const { catalogue, members, values } = sources
  const source = catalogue.dataSource(page.dataSourceId)
  const database = source === null ? null : catalogue.database(source.databaseId)
  const properties: Record<string, ApiObject> = {}
  let title = ''
  for (const property of source?.properties ?? []) {
    const isWanted = only === null || only.has(propertyId(property)) || only.has(property.key)
    if (!isWanted && property.type !== 'title') continue
    const value = values.valueOf(page, property)
    if (property.type === 'title') title = plainText(value)
    if (isWanted) properties[property.name] = propertyObject(property, value)
  }
  return {
    object: 'page',
    id: page.id,
    created_time: minuteTime(page.createdMs),
    last_edited_time: minuteTime(page.editedMs),
    created_by: userOf(members, page.createdBy),
    last_edited_by: userOf(members, page.editedBy),
    cover: null,
    icon: null,
    parent: { type: 'data_source_id', data_source_id: page.dataSourceId, database_id: source?.databaseId },
    in_trash: page.isInTrash || (database?.isInTrash ?? false),
    is_archived: false,
    is_locked: false,
    properties,
    url: `https://www.notion.so/${title === '' ? '' : `${slugOf(title)}-`}${compactId(page.id)}`,
    public_url: null,
  }
}

const WITHOUT_DECORATION = { cover: null, description: [], is_inline: false, public_url: null }

export const databaseObject = (sources: ObjectSources, database: DatabaseEntry): ApiObject => ({
  object: 'database',
  id: database.id,
  title: [textItem(database.title)],
  parent: { type: 'page_id', page_id: sources.homePageId },
  in_trash: database.isInTrash,
  is_locked: false,
  created_time: new Date(database.createdMs).toISOString().replace('Z', '+00:00'),
  last_edited_time: new Date(database.editedMs).toISOString().replace('Z', '+00:00'),
  data_sources: database.dataSourceIds.map((id) => ({ id, name: sources.catalogue.dataSource(id)?.title ?? '' })),
  icon: iconOf(database.emoji),
  url: `https://www.notion.so/${compactId(database.id)}`,
  ...WITHOUT_DECORATION,
})

const optionObjects = (property: PropertyPlan): readonly ApiObject[] =>
  (property.options ?? []).map((option) => ({ ...option, description: null }))

const groupObjects = (property: PropertyPlan): readonly ApiObject[] => {
  const options = property.options ?? []
  const idsFrom = (start: number, end?: number): readonly string[] => options.slice(start, end).map(({ id }) => id)
  return [
    { id: 'todo', name: 'To-do', color: 'gray', option_ids: idsFrom(0, 1) },
    { id: 'open', name: 'In progress', color: 'blue', option_ids: idsFrom(1, Math.max(1, options.length - 1)) },
    { id: 'done', name: 'Complete', color: 'green', option_ids: idsFrom(Math.max(1, options.length - 1)) },
  ]
}

/** The data source of a generated database, by that database's number. */
const plannedSource = ({ catalogue }: ObjectSources, plan: number | undefined): DataSourceEntry | undefined => {
  const id = catalogue.databases()[plan ?? -1]?.dataSourceIds[0]
  return id === undefined ? undefined : (catalogue.dataSource(id) ?? undefined)
}

const rolledRelation = (source: DataSourceEntry, property: PropertyPlan): PropertyPlan | undefined =>
  source.properties.find((candidate) => candidate.name === property.rollup?.relation)

/** A schema does not show relations to what is not shared, nor what is rolled up over them; pages show them empty. */
const isInSchema = (sources: ObjectSources, source: DataSourceEntry, property: PropertyPlan): boolean => {
  if (sources.access.isComplete()) return true
  const relation = property.type === 'rollup' ? rolledRelation(source, property) : property
  if (relation?.type !== 'relation') return true
  return sources.access.isDatabaseShared((plannedSource(sources, relation.to) ?? source).databaseId)
}

const settingsOf = (sources: ObjectSources, source: DataSourceEntry, property: PropertyPlan): ApiObject => {
  switch (property.type) {
    case 'select':
    case 'multi_select':
      return { options: optionObjects(property) }
    case 'status':
      return { options: optionObjects(property), groups: groupObjects(property) }
    case 'number':
      return { format: property.format ?? 'number' }
    case 'formula':
      return { expression: property.expression ?? '' }
    case 'unique_id':
      return { prefix: property.prefix ?? null }
    case 'relation': {
      const target = plannedSource(sources, property.to) ?? source
      return {
        database_id: target.databaseId,
        data_source_id: target.id,
        type: 'single_property',
        single_property: {},
      }
    }
    case 'rollup': {
      const relation = rolledRelation(source, property)
      const rolled = plannedSource(sources, relation?.to)?.properties.find(
        (candidate) => candidate.name === property.rollup?.property,
      )
      return {
        relation_property_name: relation?.name ?? '',
        relation_property_id: relation?.key ?? '',
        rollup_property_name: rolled?.name ?? '',
        rollup_property_id: rolled?.key ?? '',
        function: property.rollup?.function ?? 'count',
      }
    }
    default:
      return {}
  }
}

export const dataSourceObject = (sources: ObjectSources, source: DataSourceEntry): ApiObject => {
  const database = sources.catalogue.database(source.databaseId)
  const shown = source.properties.filter((property) => isInSchema(sources, source, property))
  const properties = shown.map((property) => [
    property.name,
    {
      id: propertyId(property),
      name: property.name,
      description: null,
      type: property.type,
      [property.type]: settingsOf(sources, source, property),
    },
  ])
  return {
    object: 'data_source',
    id: source.id,
    icon: iconOf(database?.emoji ?? null),
    created_time: minuteTime(source.createdMs),
    created_by: userOf(sources.members, 0),
    last_edited_by: userOf(sources.members, 0),
    last_edited_time: minuteTime(source.editedMs),
    title: [textItem(source.title)],
    properties: Object.fromEntries(properties),
    parent: { type: 'database_id', database_id: source.databaseId },
    database_parent: { type: 'page_id', page_id: sources.homePageId },
    url: `https://www.notion.so/${compactId(source.databaseId)}`,
    in_trash: database?.isInTrash ?? false,
    ...WITHOUT_DECORATION,
  }
}
