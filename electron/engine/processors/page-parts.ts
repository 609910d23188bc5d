import type { Failure } from '../../../shared/failures.ts'
import { type NotionId, parseNotionId } from '../../../shared/ids.ts'
import {
  type FieldState,
  type NotionPage,
  type PageContent,
  type PageFile,
  type PageProperty,
  underName,
} from '../../../shared/records.ts'
import type { Notion } from '../notion/client.ts'
import { completeProperty, mayLackReferences } from '../notion/references.ts'

/** A value, and why it is not the newest where it is not. */
export interface Had<T> {
  readonly value: T
  readonly failures: readonly Failure[]
}

const incomplete = (name: string): Failure => ({
  kind: 'permanent',
  code: 'unexpected_answer',
  message: `Notion’s list of the references in “${name}” does not have the shape of one.`,
})

/**
 * The page with all references of every property. A property whose remaining references cannot be had keeps the value
 * of `before` (or, where there is none, the references that came) and is told as kept.
 */
export const completeReferences = async (
  notion: Notion,
  id: NotionId,
  page: NotionPage,
  before: PageFile | null,
): Promise<Had<{ readonly page: NotionPage; readonly fields: Record<string, FieldState> }>> => {
  const properties = new Map<string, PageProperty>()
  const fields = new Map<string, FieldState>()
  const failures: Failure[] = []
  for (const [name, property] of Object.entries(page.properties)) {
    properties.set(name, property)
    fields.set(name, 'updated')
    if (!mayLackReferences(property)) continue
    const items = await notion.propertyItems(id, property.id)
    const complete = items.ok ? completeProperty(property, items.value) : null
    if (complete !== null) {
      properties.set(name, complete)
      continue
    }
    const old = underName(before?.page.properties ?? {}, name)
    properties.set(name, old?.type === property.type ? old : property)
    fields.set(name, 'kept')
    failures.push(items.ok ? incomplete(name) : items.failure)
  }
  const complete = { ...page, properties: Object.fromEntries(properties) }
  return { value: { page: complete, fields: Object.fromEntries(fields) }, failures }
}

/** The page's text; the one of `before` where it cannot be had. */
export const fetchContent = async (
  notion: Notion,
  id: NotionId,
  before: PageFile | null,
): Promise<Had<PageContent | null>> => {
  const content = await notion.content(id)
  return content.ok
    ? { value: content.value, failures: [] }
    : { value: before?.content ?? null, failures: [content.failure] }
}

/** The data source, or at least the database, that a page says it belongs to. */
export const parentOf = (
  page: NotionPage,
): { readonly sourceId: NotionId | null; readonly databaseId: NotionId | null } => ({
  sourceId: parseNotionId(page.parent.data_source_id ?? ''),
  databaseId: parseNotionId(page.parent.database_id ?? ''),
})

/** The failure that decides what becomes of the job: one that time may heal, before one that it cannot. */
export const decisive = (failures: readonly Failure[]): Failure | null =>
  failures.find((failure) => failure.kind !== 'permanent') ?? failures[0] ?? null
