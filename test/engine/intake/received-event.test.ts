import { createHash } from 'node:crypto'
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { entityOf, readEvent } from '../../../electron/engine/intake/received-event.ts'
import { eventBodySchema } from '../../../shared/events.ts'
import { notionId } from '../../support/notion-ids.ts'

const sha256 = (raw: Buffer): string => createHash('sha256').update(raw).digest('hex')

const bodies = (...texts: readonly string[]): readonly Buffer[] => texts.map((text) => Buffer.from(text))

describe('a body', () => {
  test('that names its id and type is an event, and its text is kept as it came', () => {
    const text = ' {"id":"e1","type":"page.created","more":{"é":1}}\n'
    expect(readEvent(Buffer.from(text))).toMatchObject({
      kind: 'event',
      id: 'e1',
      text,
      body: { type: 'page.created' },
    })
  })

  test.each([
    ...bodies(
      '',
      '{',
      'null',
      '[]',
      '7',
      '"text"',
      '{}',
      '{"id":"e1"}',
      '{"type":"page.created"}',
      '[[[['.repeat(9_000),
    ),
    ...bodies('{"id":"","type":"a"}', '{"id":1,"type":"a"}', `{"id":"${'x'.repeat(201)}","type":"a"}`, '\ufeff{}'),
    // The specification's shape, which Notion never sends.
    ...bodies('{"event_type":"page.created","page_id":"x"}'),
    Buffer.from([0xff, 0xfe, 0x00]),
  ])('that is no event is known by its SHA-256 (body %#)', (raw) => {
    expect(readEvent(raw)).toStrictEqual({ kind: 'unreadable', id: sha256(raw), text: raw.toString() })
  })

  test('that brings the verification token again keeps no text of it', () => {
    for (const raw of bodies(
      '{"verification_token":"secret_x"}',
      ' {"verification_token":"secret_x","type":"page.created"} ',
    )) {
      expect(readEvent(raw)).toStrictEqual({ kind: 'verification-token', id: sha256(raw) })
    }
  })

  test('of any kind is read without a fault, and equal bytes have equal ids', () => {
    const anyJson = fc.json().map((text) => Buffer.from(text))
    const nearlyEvent = fc
      .record({ id: fc.jsonValue(), type: fc.jsonValue(), entity: fc.jsonValue(), data: fc.jsonValue() })
      .map((value) => Buffer.from(JSON.stringify(value)))
    const anyBytes = fc.uint8Array().map((bytes) => Buffer.from(bytes))
    fc.assert(
      fc.property(fc.oneof(anyJson, nearlyEvent, anyBytes), (raw) => {
        const received = readEvent(raw)
        expect(received.id).not.toBe('')
        expect(readEvent(Buffer.from(raw)).id).toBe(received.id)
      }),
    )
  })
})

describe('what an event is about', () => {
  const body = (part: object) => eventBodySchema.parse({ id: 'e1', type: 'page.created', ...part })

  test('is its entity, of the kind that the type says', () => {
    const event = body({ entity: { id: notionId(1), type: 'anything' }, data: { parent: { id: notionId(2) } } })
    expect(entityOf(event, 'page')).toStrictEqual({ kind: 'page', id: notionId(1) })
    expect(entityOf(event, 'data_source')).toStrictEqual({ kind: 'data_source', id: notionId(1) })
  })

  test('is the page, where the entity is a block of it', () => {
    const event = body({ entity: { id: notionId(1), type: 'block' }, data: { parent: { id: notionId(2) } } })
    expect(entityOf(event, 'page')).toStrictEqual({ kind: 'page', id: notionId(2) })
    expect(entityOf(body({ entity: { id: notionId(1), type: 'block' } }), 'page')).toBeNull()
  })
})
