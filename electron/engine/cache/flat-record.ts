import { z } from 'zod'
import { dashedId, type NotionId, parseNotionId } from '../../../shared/ids.ts'
import { type NotionPage, type PageProperty, underName } from '../../../shared/records.ts'

/** A relation's place in a flat record: titles change later than records do, so ids stand here until rendering. */
export interface TitlesOf {
  readonly $titlesOf: readonly NotionId[]
}

/** Property name to simple value, in the order of the database file; values are JSON, or `TitlesOf`. */
export type FlatRecord = Readonly<Record<string, unknown>>

const text = z.array(z.looseObject({ plain_text: z.string() }).catch({ plain_text: '' }))
const named = z.looseObject({ name: z.string() })
const user = z.looseObject({ id: z.string(), name: z.string().nullish() })
const date = z.looseObject({ start: z.string(), end: z.string().nullish() })
const file = z.looseObject({
  name: z.string().nullish(),
  external: z.looseObject({ url: z.string() }).optional(),
  file: z.looseObject({ url: z.string() }).optional(),
})
const uniqueId = z.looseObject({ prefix: z.string().nullish(), number: z.number().nullable() })
const relation = z.array(z.looseObject({ id: z.string() }))
const typed = z.looseObject({ type: z.string() })

const joinText = (value: unknown): string =>
  text
    .parse(value)
    .map((segment) => segment.plain_text)
    .join('')

const userOf = (value: unknown): unknown => {
  const { id, name } = user.parse(value)
  return name === undefined || name === null ? { id } : { id, name }
}

const dateOf = (value: unknown): unknown => {
  const { start, end } = date.parse(value)
  return end === undefined || end === null ? start : { start, end }
}

/** The address of a file that Notion hosts is a signed link that differs at every fetch: only what lasts is kept. */
const fileOf = (value: unknown): unknown => {
  const parsed = file.parse(value)
  const url = parsed.external?.url ?? parsed.file?.url.split('?', 1)[0]
  return { ...(parsed.name === undefined || parsed.name === null ? {} : { name: parsed.name }), url }
}

const uniqueIdOf = (value: unknown): unknown => {
  const { prefix, number } = uniqueId.parse(value)
  if (number === null) return null
  return prefix === undefined || prefix === null || prefix === '' ? String(number) : `${prefix}-${number}`
}

const listOf =
  (each: (value: unknown) => unknown) =>
  (value: unknown): unknown[] =>
    z.array(z.unknown()).parse(value).map(each)

const nameOf = (value: unknown): unknown => named.parse(value).name

/** A formula or rollup holds a value under its own type's name; a rollup of pages holds a list of such values. */
const innerValue = (value: unknown): unknown => {
  const inner = typed.parse(value)
  if (inner.type === 'array') return listOf(innerValue)(inner['array']).filter((item) => !isEmpty(item))
  return flatValue(inner.type, inner[inner.type])
}

const same = (value: unknown): unknown => value

const READERS: Readonly<Record<string, (value: unknown) => unknown>> = {
  title: joinText,
  rich_text: joinText,
  select: nameOf,
  status: nameOf,
  multi_select: listOf(nameOf),
  date: dateOf,
  people: listOf(userOf),
  files: listOf(fileOf),
  created_by: userOf,
  last_edited_by: userOf,
  unique_id: uniqueIdOf,
  verification: (value) => z.looseObject({ state: z.string() }).parse(value).state,
  relation: (value): TitlesOf => ({
    $titlesOf: relation.parse(value).flatMap(({ id }) => parseNotionId(id) ?? []),
  }),
  formula: innerValue,
  rollup: innerValue,
  button: () => null,
  number: same,
  checkbox: same,
  url: same,
  email: same,
  phone_number: same,
  created_time: same,
  last_edited_time: same,
  string: same,
  boolean: same,
}

/** A type, or a shape, that we do not know yet is passed on as it came: nothing is lost by our being older than Notion. */
const flatValue = (type: string, value: unknown): unknown => {
  if (value === null || value === undefined) return null
  try {
    return (underName(READERS, type) ?? same)(value)
  } catch (error) {
    if (error instanceof z.ZodError) return value
    throw error
  }
}

const isTitlesOf = (value: unknown): value is TitlesOf =>
  typeof value === 'object' && value !== null && '$titlesOf' in value

/** Empty values are left out of a record; false and 0 are values. */
const isEmpty = (value: unknown): boolean => {
  if (value === null || value === undefined || value === '') return true
  if (isTitlesOf(value)) return value.$titlesOf.length === 0
  return Array.isArray(value) && value.length === 0
}

export const titleOf = (page: NotionPage): string => {
  const title = Object.values(page.properties).find((property) => property.type === 'title')
  return title === undefined ? '' : joinText(title['title'] ?? [])
}

const titleFirst = ([, a]: [string, PageProperty], [, b]: [string, PageProperty]): number =>
  Number(b.type === 'title') - Number(a.type === 'title')

/**
 * A page as a record of a database file: the shape that the existing Blackcore tools read, with the page's id, url and
 * times added where no property has that name.
 */
export const flatRecord = (page: NotionPage): FlatRecord => {
  const own = Object.entries(page.properties)
    .sort(titleFirst)
    .map(([name, property]): [string, unknown] => [name, flatValue(property.type, property[property.type])])
    .filter(([, value]) => !isEmpty(value))
  const ours: [string, unknown][] = [
    ['id', page.id],
    ['url', page.url],
    ['created_time', page.created_time],
    ['last_edited_time', page.last_edited_time],
  ]
  const free = ours.filter(([name, value]) => !isEmpty(value) && !Object.hasOwn(page.properties, name))
  return Object.fromEntries([...own, ...free])
}

/** The pages whose titles a record shows; each once. */
export const referencesOf = (record: FlatRecord): readonly NotionId[] => {
  const found = new Set<NotionId>()
  const walk = (value: unknown): void => {
    if (isTitlesOf(value)) for (const id of value.$titlesOf) found.add(id)
    else if (Array.isArray(value)) for (const item of value) walk(item)
  }
  for (const value of Object.values(record)) walk(value)
  return [...found]
}

/**
 * The text of a record as it stands in its database file: JSON, two spaces a level, two levels deep.
 * `titleFor` gives null where a title is empty or cannot be had; the id stands for it then.
 */
export const renderRecord = (record: FlatRecord, titleFor: (id: NotionId) => string | null): string => {
  const resolved = (value: unknown): unknown => {
    if (isTitlesOf(value)) return value.$titlesOf.map((id) => titleFor(id) ?? dashedId(id))
    return Array.isArray(value) ? value.map(resolved) : value
  }
  const shown = Object.fromEntries(Object.entries(record).map(([name, value]) => [name, resolved(value)]))
  return `    ${JSON.stringify(shown, null, 2).replaceAll('\n', '\n    ')}`
}
