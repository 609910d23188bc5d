import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { verifyWebhookSignature } from '@notionhq/client'
import { afterEach, describe, expect, test } from 'vitest'
import { z } from 'zod'
import { systemClock } from '../../electron/engine/foundation/clock.ts'
import { createHttpServer, type FastifyInstance, listenHttp } from '../../electron/engine/foundation/http-server.ts'
import { deliver, eventFor, signBody } from '../../electron/simulator/deliveries.ts'
import { createWorkspace } from '../../electron/simulator/workspace.ts'
import { eventBodySchema } from '../../shared/events.ts'

const RECORDINGS = process.env['RECORDINGS']
const SECRET = 'secret_for_these_tests_only'
const servers: FastifyInstance[] = []

afterEach(async () => {
  await Promise.all(servers.splice(0).map((server) => server.close()))
})

const listener = async (answer: (body: Buffer, signature: unknown) => Promise<{ status: number; body: string }>) => {
  const server = createHttpServer({ bodyLimitBytes: 100_000, requestTimeoutMs: 5_000 })
  servers.push(server)
  server.post('/*', async (request, reply) => {
    const { status, body } = await answer(request.body as Buffer, request.headers['x-notion-signature'])
    return reply.code(status).send(body)
  })
  return listenHttp(server, '127.0.0.1', 0)
}

const workspace = () => createWorkspace({ seed: 4, pagesPerDatabase: 10, clock: systemClock })

describe('signatures', () => {
  test.skipIf(RECORDINGS === undefined)(
    'equal the known-good one of Notion (skipped without a folder of recordings in RECORDINGS)',
    () => {
      const text = readFileSync(join(RECORDINGS ?? '', 'webhooks', 'verification_token.signature.json'), 'utf8')
      const known = z
        .object({
          headers: z.object({ 'X-Notion-Signature': z.string() }),
          raw_body: z.string(),
          verification_token: z.string(),
        })
        .parse(JSON.parse(text))
      expect(signBody(known.raw_body, known.verification_token)).toBe(known.headers['X-Notion-Signature'])
    },
  )

  test('are accepted by the SDK, for texts and for bytes', async () => {
    for (const body of ['{"id":"1","name":"Käse – 日本"}', new TextEncoder().encode('{"a":1}')]) {
      const signature = signBody(body, SECRET)
      const text = typeof body === 'string' ? body : new TextDecoder().decode(body)
      expect(await verifyWebhookSignature({ body: text, signature, verificationToken: SECRET })).toBe(true)
      expect(await verifyWebhookSignature({ body: text, signature, verificationToken: `${SECRET}x` })).toBe(false)
    }
  })
})

describe('deliveries', () => {
  test('arrive as the exact bytes that were signed, and give the answer back', async () => {
    const space = workspace()
    const event = eventFor(space, 'page.created', space.pageIds('Actionable Tasks')[0] ?? '')
    const url = await listener(async (body, signature) => {
      const text = body.toString('utf8')
      const isGenuine = await verifyWebhookSignature({
        body: text,
        signature: String(signature),
        verificationToken: SECRET,
      })
      expect(JSON.parse(text)).toEqual(event)
      return { status: isGenuine ? 200 : 401, body: JSON.stringify({ status: 'queued' }) }
    })
    expect(await deliver({ url, secret: SECRET, event })).toEqual({ status: 200, body: { status: 'queued' } })
  })

  test('tell a refusal from an answer, and give a text that is no JSON as it is', async () => {
    const url = await listener(async () => ({ status: 503, body: 'later' }))
    expect(await deliver({ url, secret: SECRET, event: {} })).toEqual({ status: 503, body: 'later' })
  })

  test('reject when nobody listens', async () => {
    const url = await listener(async () => ({ status: 200, body: '' }))
    await Promise.all(servers.splice(0).map((server) => server.close()))
    await expect(deliver({ url, secret: SECRET, event: {} })).rejects.toThrow()
  })
})

describe('events about the workspace', () => {
  test('of a page name its database and data source, its last author and what was changed', () => {
    const space = workspace()
    const database = space.databases[2]
    const id = space.pageIds('Actionable Tasks')[3] ?? ''
    space.editPage(id, { properties: { Effort: 2 } })
    const page = z.object({ properties: z.record(z.string(), z.looseObject({ id: z.string() })) }).parse(space.page(id))
    const event = eventFor(space, 'page.properties_updated', id.replaceAll('-', ''))
    expect(event).toMatchObject({
      workspace_id: space.id,
      subscription_id: space.subscriptionId,
      integration_id: space.integrationId,
      entity: { id, type: 'page' },
      data: {
        parent: { id: database?.id, type: 'database', data_source_id: database?.dataSourceId },
        updated_properties: [page.properties['Effort']?.id],
      },
    })
    expect(space.integrationId).not.toBe(space.botId)
  })

  test('of a moved page name the new place only, and a deleted page can still be named', () => {
    const space = workspace()
    const id = space.pageIds('Actionable Tasks')[0] ?? ''
    space.movePage(id, 'People & Contacts')
    const target = space.databases[0]
    expect(eventFor(space, 'page.moved', id)).toMatchObject({
      data: { parent: { data_source_id: target?.dataSourceId } },
    })
    space.deletePageForever(id)
    expect(eventFor(space, 'page.deleted', id)).toMatchObject({ entity: { id }, data: { parent: { id: target?.id } } })
  })

  test('of a schema name the data source, whichever of the two ids is given, and what was added', () => {
    const space = workspace()
    const database = space.databases[1]
    space.addProperty('Intelligence & Transcripts', 'Tone', 'select')
    for (const id of [database?.id, database?.dataSourceId]) {
      expect(eventFor(space, 'data_source.schema_updated', id ?? '')).toMatchObject({
        entity: { id: database?.dataSourceId, type: 'data_source' },
        data: { updated_properties: [{ name: 'Tone', action: 'created' }] },
      })
    }
    expect(eventFor(space, 'database.deleted', database?.id ?? '')).toMatchObject({
      entity: { id: database?.id, type: 'database' },
    })
  })

  test('are never the same event twice, take overrides, and an unknown id is refused', () => {
    const space = workspace()
    const id = space.pageIds('Actionable Tasks')[0] ?? ''
    const idsOf = [1, 2].map(() => eventBodySchema.parse(eventFor(space, 'page.content_updated', id)).id)
    expect(new Set(idsOf).size).toBe(2)
    expect(eventFor(space, 'page.created', id, { attemptNumber: 8 })).toMatchObject({ attempt_number: 8 })
    expect(eventFor(space, 'comment.created', id)).toMatchObject({
      entity: { type: 'comment' },
      data: { page_id: id, parent: { id, type: 'page' } },
    })
    expect(() => eventFor(space, 'page.created', '2600ce2a-6520-801c-86cb-fd0b73eb91de')).toThrow('no page')
  })
})
