import { createHash } from 'node:crypto'
import { readdirSync, readFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { createIntake } from '../../support/admission.ts'
import { notionId } from '../../support/notion-ids.ts'
import { createQueueFile } from '../../support/queue-file.ts'

const event = (id: string, page: number, more: object = {}) => ({
  id,
  type: 'page.created',
  entity: { id: notionId(page), type: 'page' },
  data: { parent: { id: notionId(99), type: 'database', data_source_id: notionId(98) } },
  ...more,
})

const TOKEN = 'secret_tokenThatMustNeverReachTheDisk'
const handshake = { verification_token: TOKEN }

describe('an authentic event', () => {
  test('is queued: stored whole, with a job, and the worker is woken', async () => {
    const intake = createIntake()
    const sent = event('e1', 1, { later: 'kept' })
    expect(await intake.admitEvent(sent)).toStrictEqual({ status: 'queued', event_id: 'e1', reason: null })
    expect(intake.events()).toMatchObject([
      { id: 'e1', type: 'page.created', status: 'queued', reason: null, body: JSON.stringify(sent) },
    ])
    expect(intake.jobs.counts().waiting).toBe(1)
    expect(intake.wakes()).toBe(1)
  })

  test('is a duplicate when it comes again, after a restart too, and whatever became of it', async () => {
    const queue = createQueueFile()
    const before = createIntake({ queue })
    await before.admitEvent(event('e1', 1))
    await before.admitEvent(event('e2', 2, { type: 'comment.created' }))
    const after = createIntake({ queue })
    for (const id of ['e1', 'e2']) {
      const answer = { status: 'duplicate', event_id: id, reason: 'received before' }
      expect(await after.admitEvent(event(id, 3, { attempt_number: 2 }))).toStrictEqual(answer)
    }
    expect(after.jobs.counts().waiting).toBe(1)
    expect(after.wakes()).toBe(0)
  })

  test('is queued once when it comes several times at once', async () => {
    const intake = createIntake()
    const answers = await Promise.all([1, 2, 3].map(() => intake.admitEvent(event('e1', 1))))
    expect(answers.map(({ status }) => status)).toStrictEqual(['queued', 'duplicate', 'duplicate'])
  })

  test('is ignored with its reason when nothing follows from it, and stored', async () => {
    const intake = createIntake({ view: { workspaceId: () => notionId(50) } })
    const ignored = [
      [event('e1', 1, { type: 'view.updated' }), 'views are not followed'],
      [event('e2', 1, { type: 'page.teleported' }), 'unknown event type'],
      [event('e3', 1, { workspace_id: notionId(51) }), 'event of another workspace'],
      [event('e4', 1, { entity: null }), 'the event names nothing that it is about'],
    ] as const
    for (const [sent, reason] of ignored) {
      expect(await intake.admitEvent(sent)).toStrictEqual({ status: 'ignored', event_id: sent.id, reason })
    }
    expect(intake.events()).toMatchObject(
      ignored.map(([sent, reason]) => ({ id: sent.id, status: 'ignored', reason, body: JSON.stringify(sent) })),
    )
    expect(Object.values(intake.jobs.counts()).every((count) => count === 0)).toBe(true)
  })
})

describe('a body that is no event', () => {
  test('is ignored under its SHA-256, kept, and a duplicate the second time', async () => {
    const intake = createIntake()
    const raw = Buffer.from('{"event_type":"page.created","page_id":"x"}')
    const id = createHash('sha256').update(raw).digest('hex')
    const reason = 'the body is no event that can be read'
    expect(await intake.admit(raw)).toStrictEqual({ status: 'ignored', event_id: id, reason })
    expect(await intake.admit(raw)).toMatchObject({ status: 'duplicate', event_id: id })
    expect(intake.events()).toMatchObject([{ id, type: null, body: raw.toString() }])
  })

  test('is ignored even where it is empty, or no text at all', async () => {
    const intake = createIntake()
    for (const raw of [Buffer.alloc(0), Buffer.from([0, 0xff, 0xd8]), Buffer.alloc(1_048_576, '[')]) {
      expect((await intake.admit(raw)).status).toBe('ignored')
    }
  })
})

describe('a verification token that is sent again', () => {
  test('is ignored each time, and leaves no trace of its text in the files', async () => {
    const queue = createQueueFile()
    const intake = createIntake({ queue })
    await intake.admitEvent(event('e1', 1))
    const answers = [await intake.admitEvent(handshake), await intake.admitEvent(handshake)]
    const after = createIntake({ queue })
    answers.push(await after.admitEvent(handshake))
    for (const answer of answers) {
      expect(answer).toMatchObject({ status: 'ignored', reason: 'verification token sent again' })
    }
    const folder = dirname(queue.path)
    const files = readdirSync(folder).map((name) => readFileSync(join(folder, name), 'latin1'))
    expect(files.some((text) => text.includes('page.created'))).toBe(true)
    expect(files.some((text) => text.includes(TOKEN))).toBe(false)
  })
})

describe('an event of a database that nobody knows', () => {
  test('is ignored, has the database looked up, and is taken up when that turns out watched', async () => {
    const unknown = { sourceVerdict: () => 'unknown' as const, databaseVerdict: () => 'unknown' as const }
    const intake = createIntake({ view: unknown })
    const answers = await Promise.all([
      intake.admitEvent(event('e1', 1)),
      intake.admitEvent(event('e2', 1)),
      intake.admitEvent(event('e3', 2)),
    ])
    expect(answers.map(({ reason }) => reason)).toStrictEqual(Array(3).fill('database not watched'))
    expect(intake.wakes()).toBe(3)

    const [lookUp, ...others] = intake.jobs.claim(Number.MAX_SAFE_INTEGER, 10)
    expect(others).toStrictEqual([])
    expect(lookUp).toMatchObject({ entity: { kind: 'data_source', id: notionId(98) }, eventCount: 0 })

    intake.database.transaction(() => {
      expect(intake.store.readmit(notionId(98), 0)).toBe(3)
      expect(intake.store.readmit(notionId(98), 0)).toBe(0)
    })
    const jobs = intake.jobs.claim(Number.MAX_SAFE_INTEGER, 10)
    expect(jobs).toMatchObject([
      { entity: { kind: 'page', id: notionId(1) }, eventId: 'e2', eventCount: 2 },
      { entity: { kind: 'page', id: notionId(2) }, eventId: 'e3', eventCount: 1 },
    ])
    expect(intake.events()).toMatchObject(Array(3).fill({ status: 'queued', reason: null }))
    expect((await intake.admitEvent(event('e1', 1))).status).toBe('duplicate')
  })
})
