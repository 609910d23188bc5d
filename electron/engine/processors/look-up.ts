import type { NotionId } from '../../../shared/ids.ts'
import type { SourceFacts } from '../cache/catalogue.ts'
import type { Answer, Notion } from '../notion/client.ts'
import { isAboutObject, type NotionFailure } from '../notion/failures.ts'
import type { DatabaseInfo, DataSourceInfo } from '../notion/schemas.ts'

const factsOf = (source: DataSourceInfo, database: DatabaseInfo | null): SourceFacts => ({
  sourceId: source.id,
  sourceTitle: source.title,
  databaseId: source.databaseId,
  databaseTitle: database?.title ?? source.title,
  isInTrash: source.isInTrash,
  isDatabaseInTrash: database?.isInTrash ?? false,
  properties: source.properties,
})

/** A data source and its database. Where Notion shows only the source, its title stands for the database's. */
export const lookUpSource = async (notion: Notion, sourceId: NotionId): Promise<Answer<SourceFacts>> => {
  const source = await notion.dataSource(sourceId)
  if (!source.ok) return source
  const database = await notion.database(source.value.databaseId)
  if (!database.ok && !isAboutObject(database.failure)) return database
  return { ok: true, value: factsOf(source.value, database.ok ? database.value : null) }
}

/** A database and its data sources; those that Notion does not show are left out, unless it shows none of them. */
export const lookUpDatabase = async (notion: Notion, databaseId: NotionId): Promise<Answer<readonly SourceFacts[]>> => {
  const database = await notion.database(databaseId)
  if (!database.ok) return database
  const facts: SourceFacts[] = []
  let unseen: Answer<never> | null = null
  for (const sourceId of database.value.dataSourceIds) {
    const source = await notion.dataSource(sourceId)
    if (source.ok) facts.push(factsOf(source.value, database.value))
    else if (isAboutObject(source.failure)) unseen = source
    else return source
  }
  return facts.length === 0 && unseen !== null ? unseen : { ok: true, value: facts }
}

/** What an id of the settings names: a data source's database, or a database. */
export const lookUpId = async (notion: Notion, id: NotionId): Promise<Answer<readonly SourceFacts[]>> => {
  const source = await lookUpSource(notion, id)
  if (source.ok) return lookUpDatabase(notion, source.value.databaseId)
  return source.failure.about === 'way' ? source : lookUpDatabase(notion, id)
}

/** The code of the failure that a person has to look at: removing what was only withdrawn would be a loss. */
export const outOfReach = (what: string): Omit<NotionFailure, 'about'> => ({
  kind: 'permanent',
  code: 'database_out_of_reach',
  message: `Notion does not show ${what}. Nothing was removed. Share the database with the connection again, or take it out of webhook.databases; then retry.`,
})
