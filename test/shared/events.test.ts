import { describe, expect, test } from 'vitest'
import {
  EVENT_ALIASES,
  EVENT_NAMES,
  EVENT_TYPES,
  eventBodySchema,
  expandEventNames,
  isEventType,
} from '../../shared/events.ts'

describe('the list of event types', () => {
  test("Notion's 31 types are known, each once, and nothing else is", () => {
    expect(new Set(EVENT_TYPES).size).toBe(31)
    expect(EVENT_TYPES.every(isEventType)).toBe(true)
    for (const text of ['page.updated', 'page.Created', 'page.created ', '', 'toString', '__proto__']) {
      expect(isEventType(text), text).toBe(false)
    }
  })

  test('settings can name every type and both aliases', () => {
    expect(EVENT_NAMES).toStrictEqual([...EVENT_TYPES, 'page.updated', 'database.updated'])
  })
})

describe('aliases', () => {
  test('page.updated means every change of a page that is neither its creation nor its deletion', () => {
    expect([...expandEventNames(['page.updated'])].toSorted()).toStrictEqual([
      'page.content_updated',
      'page.locked',
      'page.moved',
      'page.properties_updated',
      'page.undeleted',
      'page.unlocked',
    ])
  })

  test('database.updated means every type of databases and data sources but created and deleted', () => {
    const expected = EVENT_TYPES.filter((type) => /^(database|data_source)\./.test(type)).filter(
      (type) => !/\.(created|deleted)$/.test(type),
    )
    expect([...expandEventNames(['database.updated'])].toSorted()).toStrictEqual(expected.toSorted())
    expect(expected).toHaveLength(8)
  })

  test('names of Notion itself stand for themselves, and what is named twice is there once', () => {
    expect([...expandEventNames(['page.created', 'page.updated', 'page.moved', 'page.created'])]).toStrictEqual([
      'page.created',
      ...EVENT_ALIASES['page.updated'],
    ])
  })
})

describe("an event's body", () => {
  const least = { id: 'e1', type: 'page.created' }

  test('id and type are all that it needs, and what is not understood is kept', () => {
    expect(eventBodySchema.parse(least)).toStrictEqual(least)
    const more = { ...least, attempt_number: 3, data: { parent: { id: 'x', kind: 'new' }, updated_blocks: [] } }
    expect(eventBodySchema.parse(more)).toStrictEqual(more)
  })

  test.each([
    { data: null },
    { data: 'text' },
    { data: { parent: 7 } },
    { data: { parent: { id: 7, type: null } } },
    { entity: [] },
    { entity: { id: {}, type: false } },
    { workspace_id: 12, timestamp: {} },
  ])('a part of another shape than expected counts as absent: %o', (part) => {
    const parsed = eventBodySchema.parse({ ...least, ...part })
    expect(parsed).toMatchObject(least)
    expect(parsed.entity?.id).toBeUndefined()
    expect(parsed.data?.parent?.id).toBeUndefined()
    expect(parsed.workspace_id).toBeUndefined()
  })

  test.each([
    [{ type: 'page.created' }],
    [{ id: '', type: 'page.created' }],
    [{ id: 7, type: 'page.created' }],
    [{ id: 'e1' }],
    [{ id: 'e1', type: '' }],
    [{ id: 'x'.repeat(201), type: 'page.created' }],
    [[least]],
    [null],
    ['e1'],
  ])('without a proper id and type it is no event: %j', (body) => {
    expect(eventBodySchema.safeParse(body).success).toBe(false)
  })
})
