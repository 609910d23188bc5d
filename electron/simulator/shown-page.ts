import type { ApiObject } from './api-objects.ts'
import type { RichText } from './rich-text.ts'

/** How many references of one property the answer of a page shows; the rest is at the property's own address. */
const SHOWN_REFERENCES = 25

const cutMentions = (items: readonly RichText[]): readonly RichText[] => {
  let mentions = 0
  const end = items.findIndex((item) => {
    if (item.type === 'mention') mentions += 1
    return mentions > SHOWN_REFERENCES
  })
  return end === -1 ? items : items.slice(0, end)
}

const cutRollup = (rollup: unknown): unknown =>
  typeof rollup === 'object' && rollup !== null && 'array' in rollup && Array.isArray(rollup.array)
    ? { ...rollup, array: rollup.array.slice(0, SHOWN_REFERENCES) }
    : rollup

const cutProperty = (property: ApiObject): ApiObject => {
  const value = property[String(property['type'])]
  switch (property['type']) {
    case 'relation':
      return Array.isArray(value) && value.length > SHOWN_REFERENCES
        ? { ...property, relation: value.slice(0, SHOWN_REFERENCES), has_more: true }
        : property
    case 'people':
      return Array.isArray(value) && value.length > SHOWN_REFERENCES
        ? { ...property, people: value.slice(0, SHOWN_REFERENCES) }
        : property
    case 'title':
    case 'rich_text':
      return Array.isArray(value) ? { ...property, [property['type']]: cutMentions(value) } : property
    case 'rollup':
      return { ...property, rollup: cutRollup(value) }
    default:
      return property
  }
}

/** Takes a complete page; gives what a request for it is answered with. Only relations tell that something is missing. */
export const shownPage = (page: ApiObject): ApiObject => {
  const properties: Record<string, ApiObject> = {}
  for (const [name, property] of Object.entries(page['properties'] as Record<string, ApiObject>)) {
    properties[name] = cutProperty(property)
  }
  return { ...page, properties }
}
