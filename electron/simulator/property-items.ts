import { type ApiAnswer, invalid, listAnswer, okAnswer } from './api-answers.ts'
import { propertyId, type PropertyPlan } from './property-types.ts'

export interface ItemsRequest {
  readonly pageId: string
  readonly property: PropertyPlan
  readonly value: unknown
  readonly startCursor: string | null
  readonly pageSize: number
  /** The address of the API, for `next_url`. */
  readonly baseUrl: string
}

interface Item {
  readonly type: string
  readonly value: unknown
}

/** The parts of a value that comes as a list; null for a value that comes in one piece. */
const itemsOf = (property: PropertyPlan, value: unknown): readonly Item[] | null => {
  switch (property.type) {
    case 'title':
    case 'rich_text':
    case 'people':
    case 'relation':
      return Array.isArray(value) ? value.map((part: unknown) => ({ type: property.type, value: part })) : []
    case 'rollup':
      return typeof value === 'object' && value !== null && 'array' in value && Array.isArray(value.array)
        ? value.array.map((part: Readonly<Record<string, unknown>>) => {
            const type = String(part['type'])
            return { type, value: part[type] }
          })
        : []
    default:
      return null
  }
}

const rollupSummary = (value: unknown): unknown =>
  typeof value === 'object' && value !== null && 'array' in value ? { ...value, array: [] } : value

const CURSOR = /^at([0-9a-z]{1,8})$/

export const propertyItems = (request: ItemsRequest): ApiAnswer => {
  const { property, value, startCursor, pageSize } = request
  const id = propertyId(property)
  const items = itemsOf(property, value)
  if (items === null) {
    return okAnswer({ object: 'property_item', type: property.type, id, [property.type]: value })
  }
  const place = startCursor === null ? '0' : CURSOR.exec(startCursor)?.[1]
  if (place === undefined) return invalid(`The start_cursor provided is invalid: ${startCursor ?? ''}`)
  const start = Number.parseInt(place, 36)
  const end = start + pageSize
  const nextCursor = end < items.length ? `at${end.toString(36)}` : null
  const address = `${request.baseUrl}/v1/pages/${request.pageId.replaceAll('-', '')}/properties/${id}`
  return listAnswer(
    'property_item',
    {
      id,
      next_url: nextCursor === null ? null : `${address}?start_cursor=${nextCursor}&page_size=${pageSize}`,
      type: property.type,
      [property.type]: property.type === 'rollup' ? rollupSummary(value) : {},
    },
    items.slice(start, end).map((item) => ({ object: 'property_item', type: item.type, id, [item.type]: item.value })),
    nextCursor,
  )
}
