import { randomUUID } from 'node:crypto'
import { signBody } from '../../electron/simulator/deliveries.ts'
import { buildEvent } from '../../electron/simulator/events.ts'

export interface Place {
  readonly workspaceId: string
  readonly databaseId: string
  readonly dataSourceId: string
}

export const BENCH_PLACE: Place = {
  workspaceId: 'b0000000-0000-4000-8000-00000000000a',
  databaseId: 'b0000000-0000-4000-8000-0000000000db',
  dataSourceId: 'b0000000-0000-4000-8000-0000000000d5',
}

export const randomIds = (count: number): readonly string[] => Array.from({ length: count }, () => randomUUID())

/** A signed delivery of an event of its own for each page, as bytes to put on a connection. */
export const prepareRequests = (pageIds: readonly string[], secret: string, place: Place): readonly Buffer[] =>
  pageIds.map((entityId) => {
    const body = JSON.stringify(
      buildEvent({
        type: 'page.properties_updated',
        entityId,
        workspaceId: place.workspaceId,
        timestamp: '2026-11-24T12:00:00.000Z',
        eventId: randomUUID(),
        parent: { id: place.databaseId, type: 'database', data_source_id: place.dataSourceId },
        updatedProperties: ['title', 'bDf%5B'],
      }),
    )
    const head = [
      'POST /webhooks/notion HTTP/1.1',
      'host: 127.0.0.1',
      'content-type: application/json',
      `content-length: ${Buffer.byteLength(body)}`,
      `x-notion-signature: ${signBody(body, secret)}`,
    ].join('\r\n')
    return Buffer.from(`${head}\r\n\r\n${body}`)
  })
