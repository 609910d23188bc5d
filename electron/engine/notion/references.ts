import { z } from 'zod'
import type { PageProperty } from '../../../shared/records.ts'

/** Retrieving a page gives at most this many references in one property (Notion's API reference). */
const REFERENCE_LIMIT = 25

const REFERENCE_TYPES = ['relation', 'people', 'title', 'rich_text'] as const

export type ReferenceType = (typeof REFERENCE_TYPES)[number]

const isReferenceType = (type: string): type is ReferenceType => (REFERENCE_TYPES as readonly string[]).includes(type)

const isMention = (item: unknown): boolean =>
  typeof item === 'object' && item !== null && 'type' in item && item.type === 'mention'

/**
 * Whether a property of a retrieved page may lack references. Only relations say so (`has_more`); of the others,
 * those at the limit may have been cut, and whether it counts distinct targets is unknown: so they are asked for.
 */
export const mayLackReferences = (property: PageProperty): boolean => {
  if (!isReferenceType(property.type)) return false
  if (property.type === 'relation') return property['has_more'] === true
  const values = property[property.type]
  if (!Array.isArray(values)) return false
  const references = property.type === 'people' ? values : values.filter(isMention)
  return references.length >= REFERENCE_LIMIT
}

const itemSchema = z.looseObject({ object: z.literal('property_item'), type: z.string() })

/**
 * The property with all its references, from the items of GET /v1/pages/:id/properties/:property_id
 * (one item a reference, each under its type's name). Null where an item is of another type.
 */
export const completeProperty = (property: PageProperty, items: readonly unknown[]): PageProperty | null => {
  const values: unknown[] = []
  for (const item of items) {
    const parsed = itemSchema.safeParse(item)
    if (!parsed.success || parsed.data.type !== property.type) return null
    values.push(parsed.data[property.type])
  }
  const complete: PageProperty = { ...property, [property.type]: values }
  return property.type === 'relation' ? { ...complete, has_more: false } : complete
}
