import { randomUUID } from 'node:crypto'
import { signBody } from '../../electron/simulator/deliveries.ts'
import { buildEvent } from '../../electron/simulator/events.ts'

export const BENCH_SOURCE = 'b0000000-0000-4000-8000-0000000000d5'

/** Signed deliveries of different events for different pages, as bytes to put on a connection. */
export const prepareRequests = (count: number, secret: string): readonly Buffer[] =>
  Array.from({ length: count }, () => {
    const body = JSON.stringify(
      buildEvent({
        type: 'page.properties_updated',
        entityId: randomUUID(),
        workspaceId: 'b0000000-0000-4000-8000-00000000000a',
        timestamp: '2026-11-24T12:00:00.000Z',
        eventId: randomUUID(),
        parent: { id: 'b0000000-0000-4000-8000-0000000000db', type: 'database', data_source_id: BENCH_SOURCE },
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
