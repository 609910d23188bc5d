import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { z } from 'zod'
import { EVENT_TYPES, eventBodySchema } from '../../shared/events.ts'
import { buildEvent, type EventInput } from '../../electron/simulator/events.ts'

const RECORDINGS = process.env['RECORDINGS']

const input: EventInput = {
  type: 'page.properties_updated',
  entityId: '153104cd-477e-809d-8dc4-ff2d96ae3090',
  workspaceId: '13950b26-c203-4f3b-b97d-93ec06319565',
  workspaceName: 'Quantify Labs',
  parent: {
    id: '0ef104cd-477e-80e1-8571-cfd10e92339a',
    type: 'database',
    data_source_id: '263104cd-477e-804b-8c32-000b2fcd241a',
  },
  timestamp: '2026-10-05T10:20:30.123Z',
  updatedProperties: ['XGe%40'],
  attemptNumber: 3,
}

describe('events', () => {
  test('of every type can be read by the schema of the product and name their kind of entity', () => {
    for (const type of EVENT_TYPES) {
      const event = eventBodySchema.parse(buildEvent({ ...input, type }))
      expect(event.type).toBe(type)
      expect(event.entity).toEqual({ id: input.entityId, type: type.split('.')[0] })
      expect(z.uuid().safeParse(event.id).success).toBe(true)
    }
  })

  test('carry the ids, the place, the changed properties and the attempt', () => {
    expect(buildEvent(input)).toMatchObject({
      timestamp: input.timestamp,
      workspace_id: input.workspaceId,
      workspace_name: 'Quantify Labs',
      attempt_number: 3,
      api_version: '2026-03-11',
      authors: [{ type: 'person' }],
      data: { parent: input.parent, updated_properties: ['XGe%40'] },
    })
  })

  test('are the same for the same input and different for any other', () => {
    expect(buildEvent(input)).toEqual(buildEvent(input))
    const other = buildEvent({ ...input, timestamp: '2026-10-05T10:20:30.124Z' })
    expect(eventBodySchema.parse(other).id).not.toBe(eventBodySchema.parse(buildEvent(input)).id)
    expect(buildEvent({ ...input, eventId: 'f0f0f0f0-0000-4000-8000-000000000001' })).toMatchObject({
      id: 'f0f0f0f0-0000-4000-8000-000000000001',
    })
  })

  test('of an upload have no data, as Notion sends them', () => {
    const { parent: _parent, updatedProperties: _updated, ...rest } = input
    expect(buildEvent({ ...rest, type: 'file_upload.created' })).not.toHaveProperty('data')
  })

  test.skipIf(RECORDINGS === undefined)(
    'have every field of the recorded ones (skipped without a folder of recordings in RECORDINGS)',
    () => {
      const PUBLIC_CONNECTIONS_ONLY = 'accessible_by'
      for (const type of EVENT_TYPES) {
        let recorded: Record<string, unknown>
        try {
          recorded = JSON.parse(readFileSync(join(RECORDINGS ?? '', 'webhooks', `${type}.json`), 'utf8'))
        } catch {
          continue
        }
        const built: Record<string, unknown> = { ...buildEvent({ ...input, type }) }
        const fields = Object.keys(recorded).filter((field) => field !== PUBLIC_CONNECTIONS_ONLY)
        expect(fields.filter((field) => !(field in built))).toEqual([])
        expect(Object.keys(z.looseObject({}).parse(built['data'])).toSorted()).toEqual(
          Object.keys(z.looseObject({}).parse(recorded['data'])).toSorted(),
        )
      }
      expect.hasAssertions()
    },
  )
})
