import type { Member } from './members.ts'
import { optionsOf } from './fillings.ts'
import type { PropertyPlan } from './property-types.ts'
import { textItem } from './rich-text.ts'

const optionFor = (property: PropertyPlan, name: string): unknown =>
  property.options?.find((option) => option.name === name) ?? optionsOf(name)[0]

const isListOfTexts = (input: unknown): input is readonly string[] =>
  Array.isArray(input) && input.every((element) => typeof element === 'string')

/** True for a value in the API's own form, such as `{ number: 3 }` or `{ type: 'number', number: 3 }`. */
const isApiForm = (property: PropertyPlan, input: unknown): input is Readonly<Record<string, unknown>> =>
  typeof input === 'object' && input !== null && property.type in input

/**
 * Brings an edited value to the form in which answers carry it under its type's key.
 * Takes the API's own form, or the plain one: a text for title, rich_text, select, status and date; a list of names
 * for multi_select; a list of ids for relation and people; `{ start, end? }` for date; null for an empty value.
 */
export const propertyValue = (property: PropertyPlan, input: unknown, members: readonly Member[]): unknown => {
  if (isApiForm(property, input)) return input[property.type]
  switch (property.type) {
    case 'title':
    case 'rich_text':
      return typeof input === 'string' ? [textItem(input)] : (input ?? [])
    case 'select':
    case 'status':
      return typeof input === 'string' ? optionFor(property, input) : input
    case 'multi_select':
      return isListOfTexts(input) ? input.map((name) => optionFor(property, name)) : (input ?? [])
    case 'relation':
      return isListOfTexts(input) ? input.map((id) => ({ id })) : (input ?? [])
    case 'people':
      return isListOfTexts(input)
        ? input.map((id) => members.find((member) => member.id === id) ?? { object: 'user', id })
        : (input ?? [])
    case 'date': {
      if (typeof input === 'string') return { start: input, end: null, time_zone: null }
      return typeof input === 'object' && input !== null ? { end: null, time_zone: null, ...input } : null
    }
    default:
      return input
  }
}
