import type { Member } from './members.ts'
import type { Option, PageSeed } from './property-types.ts'
import { createRandom, hashText, mix, type Random } from './seeded-random.ts'
import { seededUuid } from './workspace-ids.ts'

/** The numbers of the four databases, in the order of the workspace's list. */
export const PEOPLE = 0
export const TRANSCRIPTS = 1
export const TASKS = 2
export const ORGANIZATIONS = 3

const COLORS = ['default', 'blue', 'green', 'yellow', 'orange', 'red', 'purple', 'pink', 'brown', 'gray']

export const optionsOf = (...names: readonly string[]): readonly Option[] =>
  names.map((name, at) => ({
    id: seededUuid(hashText(name), at),
    name,
    color: COLORS[at % COLORS.length] ?? 'default',
  }))

/** Every fiftieth page has a list that is longer than what an answer shows of it; which one, the caller says. */
const LONG_LIST_EVERY = 50

export const isLongAt = (index: number, at: number): boolean => index % LONG_LIST_EVERY === at

const lengthOf = (page: PageSeed, random: Random, longAt: number): number =>
  isLongAt(page.index, longAt) ? 27 + random.below(100) : random.below(4)

/** The places of the pages that a relation points to: all different, and all among the generated ones. */
export const linkedIndexes = (page: PageSeed, random: Random, longAt: number): readonly number[] => {
  const pages = page.pagesPerDatabase
  const count = Math.min(pages, lengthOf(page, random, longAt))
  const first = random.below(pages)
  return Array.from({ length: count }, (_none, step) => (first + step) % pages)
}

export const linksTo = (page: PageSeed, plan: number, indexes: readonly number[]): readonly { readonly id: string }[] =>
  indexes.map((index) => ({ id: page.idOf(plan, index) }))

export const membersFor = (page: PageSeed, random: Random, longAt: number): readonly Member[] =>
  random.some(page.members, lengthOf(page, random, longAt))

/** A day at most `spreadDays` after the page was made, as `YYYY-MM-DD`. */
export const dayNear = (page: PageSeed, random: Random, spreadDays: number): string =>
  new Date(page.createdMs + random.below(spreadDays * 24) * 3_600_000).toISOString().slice(0, 10)

export const orNothing = <T>(random: Random, probability: number, value: T): T | null =>
  random.chance(probability) ? null : value

/** The stream that a page's property is filled from. */
export const streamOf = (seed: number, plan: number, index: number, salt: number): Random =>
  createRandom(mix(seed, plan, index, salt))

/** The name of a select or status value; an empty text where none is chosen. */
export const optionName = (value: unknown): string =>
  typeof value === 'object' && value !== null && 'name' in value ? String(value.name) : ''

/** The first day of a date value, or null. */
export const startOf = (value: unknown): string | null =>
  typeof value === 'object' && value !== null && 'start' in value && typeof value.start === 'string'
    ? value.start
    : null

/** A date as formulas give it. */
export const formulaDate = (ms: number): unknown => ({
  type: 'date',
  date: { start: new Date(ms).toISOString().replace('Z', '+00:00'), end: null, time_zone: null },
})
