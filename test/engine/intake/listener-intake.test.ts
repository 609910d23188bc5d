import { createHash } from 'node:crypto'
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { createIntake } from '../../support/admission.ts'
import { JSON_TYPE, signed, startListener } from '../../support/listener.ts'
import { notionId } from '../../support/notion-ids.ts'
import { describeRecordings, recordings } from '../../support/recordings.ts'

const sha256 = (body: Buffer): string => createHash('sha256').update(body).digest('hex')

/** The listener with the real intake behind it: what Notion meets. */
const startIntake = async (options: Parameters<typeof createIntake>[0] = {}) => {
  const intake = createIntake(options)
  const { send } = await startListener({ admit: intake.admit })
  const deliver = async (body: Buffer) => {
    const { status, headers, body: text } = await send({ headers: [JSON_TYPE, signed(body)], body })
    return { status, headers, answer: JSON.parse(text) as Readonly<Record<string, unknown>> }
  }
  return { intake, deliver, deliverEvent: (event: object) => deliver(Buffer.from(JSON.stringify(event))) }
}

const anyEvent = fc.record(
  {
    id: fc.oneof(fc.string({ unit: 'binary', minLength: 1 }), fc.jsonValue()),
    type: fc.oneof(fc.constantFrom('page.created', 'page.moved', 'view.created'), fc.jsonValue()),
    entity: fc.oneof(fc.record({ id: fc.uuid(), type: fc.constant('page') }), fc.jsonValue()),
    data: fc.jsonValue(),
    workspace_id: fc.jsonValue(),
    ['__proto__']: fc.jsonValue(),
  },
  { requiredKeys: [] },
)

test('whatever is signed is answered 200 with status, event_id and reason, and nothing else', async () => {
  const { intake, deliver } = await startIntake({ queueSize: 100_000 })
  const anyBody = fc.oneof(
    fc.uint8Array({ maxLength: 100 }).map((bytes) => Buffer.from(bytes)),
    fc.json().map((text) => Buffer.from(text)),
    anyEvent.map((event) => Buffer.from(JSON.stringify(event))),
  )
  const sent = new Set<string>()
  await fc.assert(
    fc.asyncProperty(anyBody, async (body) => {
      const { status, answer } = await deliver(body)
      expect(status).toBe(200)
      expect(Object.keys(answer)).toStrictEqual(['status', 'event_id', 'reason'])
      expect(['queued', 'duplicate', 'ignored']).toContain(answer['status'])
      expect(answer['reason'] === null).toBe(answer['status'] === 'queued')
      if (sent.has(sha256(body))) expect(answer['status']).toBe('duplicate')
      sent.add(sha256(body))
    }),
    { numRuns: 300 },
  )
  expect(intake.log.lines).toStrictEqual([])
})

test('what cannot be read is ignored, with its SHA-256 as its id', async () => {
  const { deliver } = await startIntake()
  for (const text of ['', '{', '{"event_type":"page.created","page_id":"x"}']) {
    const body = Buffer.from(text)
    expect(await deliver(body)).toMatchObject({ status: 200, answer: { status: 'ignored', event_id: sha256(body) } })
  }
})

test('a full queue is answered 503 with Retry-After, and 200 where nothing new has to be stored', async () => {
  const { intake, deliverEvent } = await startIntake({ queueSize: 1 })
  const event = (id: string, page: number) => ({
    id,
    type: 'page.created',
    entity: { id: notionId(page), type: 'page' },
  })
  expect((await deliverEvent(event('e1', 1))).status).toBe(200)
  const refused = await deliverEvent(event('e2', 2))
  expect(refused).toMatchObject({ status: 503, answer: { status: 'unavailable', event_id: 'e2' } })
  expect(Number(refused.headers['retry-after'])).toBeGreaterThan(0)
  for (const [again, status] of [
    [event('e1', 1), 'duplicate'],
    [event('e3', 1), 'queued'],
    [{ ...event('e4', 4), type: 'view.created' }, 'ignored'],
    [{ verification_token: 'secret_again' }, 'ignored'],
  ] as const) {
    expect(await deliverEvent(again)).toMatchObject({ status: 200, answer: { status } })
  }
  expect(intake.notes.isCatchUpDue()).toBe(true)
})

describeRecordings('a recorded delivery', () => {
  test.each(recordings('webhooks', /^(?!verification_token.signature)/))(
    'is accepted when it is signed: $name',
    async ({ body: recorded }) => {
      const { deliver } = await startIntake()
      const body = Buffer.from(JSON.stringify(recorded, null, 2))
      const { id = sha256(body) } = recorded as { readonly id?: string }
      expect(await deliver(body)).toMatchObject({ status: 200, answer: { event_id: id } })
    },
  )
})
