import { describe, expect, test } from 'vitest'
import { z } from 'zod'
import { createWorkspaceIds, seededUuid } from '../../electron/simulator/workspace-ids.ts'

const ids = createWorkspaceIds(42)
const sample = Array.from({ length: 8 }, (_none, kind) =>
  [0, 1, 2, 99, 12_345, 99_999, 2 ** 29 - 1].map((index) => ({ kind, index })),
).flat()

describe('ids that carry their meaning', () => {
  test('every id is a valid UUID and can be read back, with dashes or without, in any case', () => {
    for (const meaning of sample) {
      const id = ids.idOf(meaning.kind, meaning.index)
      expect(z.uuid().safeParse(id).success).toBe(true)
      expect(ids.read(id)).toEqual(meaning)
      expect(ids.read(id.replaceAll('-', '').toUpperCase())).toEqual(meaning)
    }
  })

  test('all ids share the first eight digits, and no two share the last eight', () => {
    const many = [0, 1, 2, 3].flatMap((kind) => Array.from({ length: 20_000 }, (_none, index) => ids.idOf(kind, index)))
    expect(new Set(many.map((id) => id.slice(0, 8))).size).toBe(1)
    expect(new Set(many.map((id) => id.slice(-8))).size).toBe(many.length)
  })

  test('an id of another workspace, and a text that is no id, are not known', () => {
    expect(ids.read(createWorkspaceIds(43).idOf(1, 5))).toBeNull()
    expect(ids.read(seededUuid(1, 2))).toBeNull()
    expect(ids.read('')).toBeNull()
    expect(ids.read('not an id at all')).toBeNull()
  })

  test('a changed digit anywhere makes an id unknown', () => {
    const id = ids.idOf(2, 77)
    for (const at of [0, 10, 15, 20, 26, 30, 35]) {
      const digit = id.charAt(at) === '0' ? '1' : '0'
      expect(ids.read(id.slice(0, at) + digit + id.slice(at + 1))).toBeNull()
    }
  })

  test('a seeded UUID is a version 4 UUID that depends on every part', () => {
    expect(seededUuid(1, 2)).toBe(seededUuid(1, 2))
    expect(seededUuid(1, 2)).not.toBe(seededUuid(1, 3))
    expect(z.uuidv4().safeParse(seededUuid(5, 6, 7)).success).toBe(true)
  })
})
