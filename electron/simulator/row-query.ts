import { mix } from './seeded-random.ts'
import { seededUuid } from './workspace-ids.ts'
import type { Row } from './workspace-reading.ts'

/** A query ends here even when there are more rows; its last answer says so only in `request_status`. */
export const QUERY_RESULT_LIMIT = 10_000

export type RowTest = (row: Row) => boolean

const MINUTE_MS = 60_000

const COMPARISONS: Readonly<Record<string, (rowMs: number, limitMs: number) => boolean>> = {
  on_or_after: (rowMs, limitMs) => rowMs >= limitMs,
  after: (rowMs, limitMs) => rowMs > limitMs,
  on_or_before: (rowMs, limitMs) => rowMs <= limitMs,
  before: (rowMs, limitMs) => rowMs < limitMs,
  equals: (rowMs, limitMs) => rowMs === limitMs,
}

const fieldsOf = (value: unknown): Readonly<Record<string, unknown>> =>
  typeof value === 'object' && value !== null ? { ...value } : {}

const timeOf = (row: Row, timestamp: string): number => {
  const ms = timestamp === 'created_time' ? row.createdMs : row.editedMs
  return Math.floor(ms / MINUTE_MS) * MINUTE_MS
}

/**
 * Reads a query's filter: timestamps (compared as answers show them, rounded down to the minute), `and`, `or`.
 * Null for any other filter.
 */
export const rowTest = (filter: unknown): RowTest | null => {
  if (filter === undefined || filter === null) return () => true
  const fields = fieldsOf(filter)
  for (const [name, combine] of [
    [
      'and',
      (tests: readonly RowTest[]): RowTest =>
        (row) =>
          tests.every((test) => test(row)),
    ],
    [
      'or',
      (tests: readonly RowTest[]): RowTest =>
        (row) =>
          tests.some((test) => test(row)),
    ],
  ] as const) {
    const parts = fields[name]
    if (!Array.isArray(parts)) continue
    const tests = parts.map(rowTest)
    return tests.every((test) => test !== null) ? combine(tests) : null
  }
  const timestamp = fields['timestamp']
  if (timestamp !== 'created_time' && timestamp !== 'last_edited_time') return null
  const conditions = Object.entries(fieldsOf(fields[timestamp]))
  const tests = conditions.map(([name, limit]): RowTest | null => {
    const compare = COMPARISONS[name]
    const limitMs = typeof limit === 'string' ? Date.parse(limit) : Number.NaN
    if (compare === undefined || Number.isNaN(limitMs)) return null
    return (row) => compare(timeOf(row, timestamp), limitMs)
  })
  return tests.length > 0 && tests.every((test) => test !== null) ? (row) => tests.every((test) => test(row)) : null
}

/** Where a list goes on: how many results came before, and the id of the next one. */
export interface Cursor {
  readonly given: number
  readonly nextId: string
}

const CURSOR = /^s:([0-9a-f]{8})-[0-9a-f-]{27}:([0-9a-f-]{36})$/

export const writeCursor = ({ given, nextId }: Cursor): string =>
  `s:${given.toString(16).padStart(8, '0')}${seededUuid(mix(given)).slice(8)}:${nextId}`

/** Undefined for a text that is no cursor. */
export const readCursor = (text: string): Cursor | undefined => {
  const [, given, nextId] = CURSOR.exec(text) ?? []
  return given === undefined || nextId === undefined ? undefined : { given: Number.parseInt(given, 16), nextId }
}

export interface Portion<T> {
  readonly items: readonly T[]
  readonly nextCursor: string | null
  readonly isLimitReached: boolean
}

/** Takes from an ordered source that starts at the cursor's place; looks no further than the first item left over. */
export const takePortion = <T extends { readonly id: string }>(
  source: Iterable<T>,
  test: (item: T) => boolean,
  pageSize: number,
  given: number,
): Portion<T> => {
  const wanted = Math.min(pageSize, QUERY_RESULT_LIMIT - given)
  const items: T[] = []
  for (const item of source) {
    if (!test(item)) continue
    if (items.length < wanted) {
      items.push(item)
      continue
    }
    const total = given + items.length
    const isLimitReached = total >= QUERY_RESULT_LIMIT
    return { items, nextCursor: isLimitReached ? null : writeCursor({ given: total, nextId: item.id }), isLimitReached }
  }
  return { items, nextCursor: null, isLimitReached: false }
}
