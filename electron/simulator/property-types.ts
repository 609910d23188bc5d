import type { Member } from './members.ts'
import type { Random } from './seeded-random.ts'

export const PROPERTY_TYPES = [
  'title',
  'rich_text',
  'number',
  'select',
  'multi_select',
  'status',
  'date',
  'people',
  'files',
  'checkbox',
  'url',
  'email',
  'phone_number',
  'formula',
  'relation',
  'rollup',
  'created_time',
  'created_by',
  'last_edited_time',
  'last_edited_by',
  'unique_id',
  'verification',
  'button',
] as const

export type PropertyType = (typeof PROPERTY_TYPES)[number]

export interface Option {
  readonly id: string
  readonly name: string
  readonly color: string
}

/** What a generated value is made from: nothing but the workspace's seed and the page's place in it. */
export interface PageSeed {
  readonly seed: number
  readonly plan: number
  readonly index: number
  /** How many generated pages each of the four databases has. */
  readonly pagesPerDatabase: number
  readonly members: readonly Member[]
  readonly createdMs: number
  /** A stream of chance of the page's own; the same salt gives the same stream. */
  stream(salt: number): Random
  /** Another property's present value, edits included, as it stands under its type's key. */
  own(propertyName: string): unknown
  /** The id of a generated page of one of the four databases. */
  idOf(plan: number, index: number): string
  /** A file that Notion hosts: its address is signed anew at every call. */
  hostedFile(name: string): unknown
}

export interface RollupPlan {
  readonly relation: string
  readonly property: string
  readonly function: 'count' | 'average' | 'show_original'
}

export interface PropertyPlan {
  /** The id as Notion keeps it; answers carry it URL-encoded. */
  readonly key: string
  readonly name: string
  readonly type: PropertyType
  readonly options?: readonly Option[]
  /** The number of the database that a relation points to. */
  readonly to?: number
  readonly rollup?: RollupPlan
  readonly prefix?: string
  readonly expression?: string
  readonly format?: string
  /** The value as it stands under the type's key; types that follow from the page itself have none. */
  readonly fill?: (page: PageSeed, random: Random) => unknown
}

export interface DatabasePlan {
  readonly title: string
  readonly emoji: string
  readonly properties: readonly PropertyPlan[]
  readonly markdown: (page: PageSeed) => string
}

const encodedKeys = new Map<string, string>()

/** The id that answers carry. */
export const propertyId = ({ key }: PropertyPlan): string => {
  const known = encodedKeys.get(key)
  if (known !== undefined) return known
  const encoded = encodeURIComponent(key)
  encodedKeys.set(key, encoded)
  return encoded
}

/** What a property holds on a page where nobody has filled it in. */
export const emptyValue = (type: PropertyType): unknown => {
  switch (type) {
    case 'title':
    case 'rich_text':
    case 'multi_select':
    case 'people':
    case 'files':
    case 'relation':
      return []
    case 'checkbox':
      return false
    case 'button':
      return {}
    case 'formula':
      return { type: 'string', string: null }
    case 'rollup':
      return { type: 'number', number: null, function: 'count' }
    case 'number':
    case 'select':
    case 'status':
    case 'date':
    case 'url':
    case 'email':
    case 'phone_number':
    case 'created_time':
    case 'created_by':
    case 'last_edited_time':
    case 'last_edited_by':
    case 'unique_id':
    case 'verification':
      return null
    default:
      return type satisfies never
  }
}
