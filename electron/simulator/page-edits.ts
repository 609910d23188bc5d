import type { Member } from './members.ts'
import type { PageEntry } from './page-store.ts'
import { propertyValue } from './property-input.ts'
import { propertyId, type PropertyPlan } from './property-types.ts'

export interface PageChanges {
  readonly title?: string
  /** By property name; a value in the API's form or in the plain one (see `propertyValue`). */
  readonly properties?: Readonly<Record<string, unknown>>
  readonly markdown?: string
}

/** Takes the schema of the page's data source; a property that it lacks is a mistake of the caller and throws. */
export const changedPage = (
  page: PageEntry,
  changes: PageChanges,
  schema: readonly PropertyPlan[],
  members: readonly Member[],
): PageEntry => {
  const title = schema.find(({ type }) => type === 'title')
  const named = Object.entries(changes.properties ?? {}).map(([name, input]) => {
    const property = schema.find((candidate) => candidate.name === name)
    if (property === undefined) throw new Error(`The page has no property "${name}".`)
    return { property, input }
  })
  const inputs =
    changes.title === undefined || title === undefined ? named : [...named, { property: title, input: changes.title }]
  const values = inputs.map(({ property, input }) => [property.key, propertyValue(property, input, members)] as const)
  return {
    ...page,
    values: new Map([...page.values, ...values]),
    markdown: changes.markdown ?? page.markdown,
    changedProperties: inputs.map(({ property }) => propertyId(property)),
  }
}

/** What a page takes along when it moves: the title, and what is entered under the same name and type there. */
export const movedValues = (
  from: readonly PropertyPlan[],
  to: readonly PropertyPlan[],
  valueOf: (property: PropertyPlan) => unknown,
): ReadonlyMap<string, unknown> =>
  new Map(
    to.flatMap((target) => {
      const isEntered = target.rollup === undefined && target.expression === undefined
      const origin = from.find(({ name, type }) =>
        target.type === 'title' ? type === 'title' : isEntered && name === target.name && type === target.type,
      )
      return origin === undefined ? [] : [[target.key, valueOf(origin)] as const]
    }),
  )
