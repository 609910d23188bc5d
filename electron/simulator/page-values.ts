import type { Access } from './access.ts'
import type { Catalogue } from './catalogue.ts'
import { streamOf } from './fillings.ts'
import type { Member } from './members.ts'
import type { PageEntry, PageStore } from './page-store.ts'
import { emptyValue, type PageSeed, type PropertyPlan } from './property-types.ts'
import type { WorkspaceIds } from './workspace-ids.ts'

export interface ValueSources {
  readonly seed: number
  readonly pagesPerDatabase: number
  readonly ids: WorkspaceIds
  readonly members: readonly Member[]
  readonly catalogue: Catalogue
  readonly pages: PageStore
  /** Pages outside it are left out of relations, and so of what is rolled up over these. */
  readonly access: Access
  readonly hostedFile: (page: PageEntry, name: string) => unknown
}

export interface PageValues {
  /** A property's value as it stands under its type's key; complete, however long. */
  valueOf(page: PageEntry, property: PropertyPlan): unknown
  /** The seed of a page's generated content; null for a page that has none. */
  seedOf(page: PageEntry): PageSeed | null
}

/** Notion's times of pages are rounded down to the minute. */
export const minuteTime = (ms: number): string => new Date(Math.floor(ms / 60_000) * 60_000).toISOString()

interface Link {
  readonly id: string
}

export const createPageValues = (sources: ValueSources): PageValues => {
  const { seed, pagesPerDatabase, ids, members, catalogue, pages, access, hostedFile } = sources

  const seedOf = (page: PageEntry): PageSeed | null => {
    const { origin } = page
    if (origin === null) return null
    return {
      seed,
      plan: origin.plan,
      index: origin.index,
      pagesPerDatabase,
      members,
      createdMs: page.createdMs,
      stream: (salt) => streamOf(seed, origin.plan, origin.index, salt),
      own: (name) => ownValue(page, name),
      idOf: ids.idOf,
      hostedFile: (name) => hostedFile(page, name),
    }
  }

  const ownValue = (page: PageEntry, name: string): unknown => {
    const property = catalogue.dataSource(page.dataSourceId)?.properties.find((candidate) => candidate.name === name)
    return property === undefined ? null : valueOf(page, property)
  }

  const isThere = (link: Link): boolean => {
    const target = pages.entry(link.id)
    return target !== null && !target.isInTrash && !target.isDeleted && access.isPageShared(target)
  }

  const rolledUp = (page: PageEntry, property: PropertyPlan): unknown => {
    const { rollup } = property
    if (rollup === undefined) return emptyValue('rollup')
    const links = ownValue(page, rollup.relation)
    const targets = Array.isArray(links) ? links.map((link: Link) => link.id) : []
    if (rollup.function === 'count') return { type: 'number', number: targets.length, function: 'count' }
    const values = targets.flatMap((id) => {
      const target = pages.entry(id)
      const source = target === null ? null : catalogue.dataSource(target.dataSourceId)
      const rolled = source?.properties.find((candidate) => candidate.name === rollup.property)
      return target === null || rolled === undefined ? [] : [{ type: rolled.type, value: valueOf(target, rolled) }]
    })
    switch (rollup.function) {
      case 'average': {
        const numbers = values.map(({ value }) => value).filter((value) => typeof value === 'number')
        const sum = numbers.reduce((total, value) => total + value, 0)
        return { type: 'number', number: numbers.length === 0 ? null : sum / numbers.length, function: rollup.function }
      }
      case 'show_original':
        return {
          type: 'array',
          array: values.map(({ type, value }) => ({ type, [type]: value })),
          function: rollup.function,
        }
      default:
        return rollup.function satisfies never
    }
  }

  const generatedValue = (page: PageEntry, property: PropertyPlan): unknown => {
    const pageSeed = seedOf(page)
    if (pageSeed === null || property.fill === undefined) return emptyValue(property.type)
    const source = catalogue.dataSource(page.dataSourceId)
    const salt = 1000 + (source?.properties.indexOf(property) ?? 0)
    return property.fill(pageSeed, pageSeed.stream(salt))
  }

  const valueOf = (page: PageEntry, property: PropertyPlan): unknown => {
    switch (property.type) {
      case 'created_time':
        return minuteTime(page.createdMs)
      case 'last_edited_time':
        return minuteTime(page.editedMs)
      case 'created_by':
        return members[page.createdBy]
      case 'last_edited_by':
        return members[page.editedBy]
      case 'unique_id':
        return { prefix: property.prefix ?? null, number: page.number }
      case 'rollup':
        return page.values.get(property.key) ?? rolledUp(page, property)
      case 'relation': {
        const links = page.values.get(property.key) ?? generatedValue(page, property)
        return Array.isArray(links) ? links.filter(isThere) : []
      }
      default:
        return page.values.has(property.key) ? page.values.get(property.key) : generatedValue(page, property)
    }
  }

  return { valueOf, seedOf }
}
