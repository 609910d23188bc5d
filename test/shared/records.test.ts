import { describe, expect, test } from 'vitest'
import { z } from 'zod'
import { namedSchema, notionPageSchema, underName } from '../../shared/records.ts'

const counts = namedSchema(z.int())

describe('a map by names that people chose', () => {
  test.each(['__proto__', 'constructor', 'toString', 'hasOwnProperty', 'Name', ''])('keeps “%s”', (name) => {
    const map = counts.parse(JSON.parse(`{ "First": 1, ${JSON.stringify(name)}: 2 }`))
    expect(Object.entries(map)).toEqual([
      ['First', 1],
      [name, 2],
    ])
    expect(Object.getPrototypeOf(map)).toBe(Object.prototype)
    expect(underName(map, name)).toBe(2)
    expect(JSON.stringify(map)).toBe(`{"First":1,${JSON.stringify(name)}:2}`)
  })

  test.each([[null], [undefined], ['text'], [7], [[]], [[['Name', 1]]], [{ Name: 'x' }], [{ Name: undefined }]])(
    'is not %j',
    (value) => {
      expect(counts.safeParse(value).success).toBe(false)
    },
  )

  test('has nothing under the names that every object inherits', () => {
    for (const name of ['__proto__', 'constructor', 'toString'])
      expect(underName(counts.parse({}), name)).toBeUndefined()
  })
})

test('a page without its properties is none', () => {
  expect(notionPageSchema.safeParse({ object: 'page', id: 'x', parent: {} }).success).toBe(false)
  expect(notionPageSchema.safeParse({ object: 'page', id: 'x', parent: {}, properties: {} }).success).toBe(true)
})
