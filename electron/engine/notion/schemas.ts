import { z } from 'zod'
import { type NotionId, parseNotionId } from '../../../shared/ids.ts'

const idSchema = z.string().transform((text, context): NotionId => {
  const id = parseNotionId(text)
  if (id !== null) return id
  context.addIssue({ code: 'custom', message: 'no Notion id' })
  return z.NEVER
})

const titleSchema = z
  .array(z.looseObject({ plain_text: z.string() }))
  .transform((segments) => segments.map((segment) => segment.plain_text).join(''))

const propertySchema = z.looseObject({ id: z.string(), name: z.string(), type: z.string() })

export const dataSourceSchema = z.looseObject({
  object: z.literal('data_source'),
  id: idSchema,
  title: titleSchema,
  properties: z.record(z.string(), propertySchema),
  parent: z.looseObject({ database_id: idSchema }),
  in_trash: z.boolean().optional(),
})

export const databaseSchema = z.looseObject({
  object: z.literal('database'),
  id: idSchema,
  title: titleSchema,
  data_sources: z.array(z.looseObject({ id: idSchema })),
  in_trash: z.boolean().optional(),
})

/** Rows live in data sources; a database is a container of one or several (API versions from 2025-09-03). */
export interface DataSourceInfo {
  readonly id: NotionId
  readonly databaseId: NotionId
  readonly title: string
  readonly isInTrash: boolean
  readonly properties: readonly { readonly id: string; readonly name: string; readonly type: string }[]
}

export interface DatabaseInfo {
  readonly id: NotionId
  readonly title: string
  readonly isInTrash: boolean
  readonly dataSourceIds: readonly NotionId[]
}

export const dataSourceOf = (source: z.infer<typeof dataSourceSchema>): DataSourceInfo => ({
  id: source.id,
  databaseId: source.parent.database_id,
  title: source.title,
  isInTrash: source.in_trash ?? false,
  properties: Object.values(source.properties).map(({ id, name, type }) => ({ id, name, type })),
})

export const databaseOf = (database: z.infer<typeof databaseSchema>): DatabaseInfo => ({
  id: database.id,
  title: database.title,
  isInTrash: database.in_trash ?? false,
  dataSourceIds: database.data_sources.map((source) => source.id),
})
