import { describe, expect, test } from 'vitest'
import {
  QUERY_RESULT_LIMIT,
  readCursor,
  rowTest,
  takePortion,
  writeCursor,
} from '../../electron/simulator/row-query.ts'

const row = (created: string, edited = created) => ({
  id: 'any',
  createdMs: Date.parse(created),
  editedMs: Date.parse(edited),
  isInTrash: false,
})

describe('filters', () => {
  test('compare times rounded down to the minute, as pages show them', () => {
    const isListed = rowTest({
      timestamp: 'last_edited_time',
      last_edited_time: { on_or_after: '2026-01-02T10:00:30Z' },
    })
    expect(isListed?.(row('2026-01-01T00:00:00Z', '2026-01-02T10:00:59Z'))).toBe(false)
    expect(isListed?.(row('2026-01-01T00:00:00Z', '2026-01-02T10:01:00Z'))).toBe(true)
  })

  test('combine with and and or', () => {
    const after = (time: string) => ({ timestamp: 'created_time', created_time: { after: time } })
    const before = (time: string) => ({ timestamp: 'created_time', created_time: { before: time } })
    const both = rowTest({ and: [after('2026-01-01'), before('2026-02-01')] })
    const either = rowTest({ or: [before('2026-01-01'), after('2026-02-01')] })
    expect([both?.(row('2026-01-15')), either?.(row('2026-01-15'))]).toEqual([true, false])
    expect([both?.(row('2026-03-15')), either?.(row('2026-03-15'))]).toEqual([false, true])
  })

  test('of properties are none that it knows, and no filter lets everything through', () => {
    expect(rowTest({ property: 'Status', status: { equals: 'Done' } })).toBeNull()
    expect(rowTest({ and: [{ property: 'Status', status: { equals: 'Done' } }] })).toBeNull()
    expect(rowTest({ timestamp: 'created_time', created_time: { after: 'yesterday' } })).toBeNull()
    expect(rowTest(undefined)?.(row('2026-01-01'))).toBe(true)
  })
})

describe('portions', () => {
  const items = Array.from({ length: 7 }, (_none, at) => ({ id: `00000000-0000-4000-8000-00000000000${at}` }))

  test('end with a cursor that names the next item and the count so far', () => {
    const portion = takePortion(items, () => true, 3, 0)
    expect(portion.items).toEqual(items.slice(0, 3))
    expect(readCursor(portion.nextCursor ?? '')).toEqual({ given: 3, nextId: items[3]?.id })
  })

  test('have no cursor when the source ends exactly with them', () => {
    expect(takePortion(items, () => true, 7, 0).nextCursor).toBeNull()
  })

  test('stop at the limit of a query, whatever is left', () => {
    const portion = takePortion(items, () => true, 100, QUERY_RESULT_LIMIT - 2)
    expect(portion).toEqual({ items: items.slice(0, 2), nextCursor: null, isLimitReached: true })
    expect(takePortion(items.slice(0, 2), () => true, 100, QUERY_RESULT_LIMIT - 2).isLimitReached).toBe(false)
  })

  test('are not continued by a text that is no cursor', () => {
    expect(readCursor('nonsense')).toBeUndefined()
    expect(readCursor(writeCursor({ given: 5, nextId: items[0]?.id ?? '' }))).toEqual({
      given: 5,
      nextId: items[0]?.id,
    })
  })
})
