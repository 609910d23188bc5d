import { DatabaseSync } from 'node:sqlite'
import { describe, expect, test } from 'vitest'
import type { Database } from '../../../electron/engine/foundation/database.ts'
import { createQueueNotes } from '../../../electron/engine/queue/notes.ts'
import { createIntake, type Intake } from '../../support/admission.ts'
import { notionId } from '../../support/notion-ids.ts'
import { createQueueFile } from '../../support/queue-file.ts'

const event = (id: string, page: number, more: object = {}) => ({
  id,
  type: 'page.created',
  entity: { id: notionId(page), type: 'page' },
  ...more,
})

const handshake = { verification_token: 'secret_tokenOfThisTest' }

/** SQLite's own limit: no page more than there are. What it does then is what it does on a full disk. */
const fillDisk = (database: Database): void => {
  const size = database.sql('PRAGMA page_count').get<{ page_count: number }>()?.page_count ?? 0
  database.sql(`PRAGMA max_page_count = ${size}`).all()
}

const freeDisk = (database: Database): void => {
  database.sql('PRAGMA max_page_count = 1000000').all()
}

/** An event that does not fit into the pages that there are. */
const large = (id: string, page: number) => event(id, page, { text: 'x'.repeat(100_000) })

describe('a full queue', () => {
  const fullIntake = async (): Promise<{ intake: Intake; reopen: () => Database }> => {
    const queue = createQueueFile()
    const intake = createIntake({ queue, queueSize: 2 })
    await intake.admitEvent(event('e1', 1))
    await intake.admitEvent(event('e2', 2))
    return { intake, reopen: queue.reopen }
  }

  test('refuses an event of a further page, stores nothing of it, and takes it when it comes again with room', async () => {
    const { intake } = await fullIntake()
    const answer = { status: 'unavailable', event_id: 'e3', reason: 'the queue is full' }
    expect(await intake.admitEvent(event('e3', 3))).toStrictEqual(answer)
    expect(intake.events()).toHaveLength(2)
    const [job] = intake.jobs.claim(Number.MAX_SAFE_INTEGER, 1)
    expect(await intake.admitEvent(event('e3', 3))).toStrictEqual(answer)
    intake.jobs.complete(job!, 'written', null, 0)
    expect((await intake.admitEvent(event('e3', 3))).status).toBe('queued')
  })

  test('still takes what coalesces, what is a duplicate and what is ignored', async () => {
    const { intake } = await fullIntake()
    expect((await intake.admitEvent(event('e4', 1))).status).toBe('queued')
    expect((await intake.admitEvent(event('e1', 1))).status).toBe('duplicate')
    expect((await intake.admitEvent(event('e5', 5, { type: 'comment.created' }))).status).toBe('ignored')
    expect((await intake.admitEvent(handshake)).status).toBe('ignored')
    expect((await intake.admit(Buffer.from('?'))).status).toBe('ignored')
    expect(intake.notes.isCatchUpDue()).toBe(false)
  })

  test('has a catch-up noted as due, and a restart does not forget it', async () => {
    const { intake, reopen } = await fullIntake()
    await intake.admitEvent(event('e3', 3))
    expect(intake.notes.isCatchUpDue()).toBe(true)
    expect(createQueueNotes(reopen()).isCatchUpDue()).toBe(true)
  })

  test('counts only what came from deliveries: look-ups and events that are taken up later have room', async () => {
    const unknown = { sourceVerdict: () => 'unknown' as const, databaseVerdict: () => 'unknown' as const }
    const intake = createIntake({ queueSize: 1, view: unknown })
    const data = { parent: { data_source_id: notionId(9) } }
    for (const [id, page] of [
      ['e1', 1],
      ['e2', 2],
      ['e3', 3],
    ] as const) {
      expect((await intake.admitEvent(event(id, page, { data }))).status).toBe('ignored')
    }
    intake.database.transaction(() => intake.store.readmit(notionId(9), 0))
    expect(intake.jobs.counts().waiting).toBe(4)
    expect((await intake.admitEvent(event('e4', 4))).status).toBe('queued')
    expect((await intake.admitEvent(event('e5', 5))).status).toBe('unavailable')
  })
})

describe('a disk that refuses', () => {
  test('has new events come again later, and stores nothing of them', async () => {
    const intake = createIntake()
    await intake.admitEvent(event('e1', 1))
    fillDisk(intake.database)
    expect(await intake.admitEvent(large('e2', 2))).toStrictEqual({
      status: 'unavailable',
      event_id: 'e2',
      reason: 'the disk refuses to store the event',
    })
    expect(intake.events()).toHaveLength(1)
    expect(intake.jobs.counts().waiting).toBe(1)
    freeDisk(intake.database)
    expect((await intake.admitEvent(large('e2', 2))).status).toBe('queued')
  })

  test('changes nothing for duplicates, for what is ignored and for a token that is sent again', async () => {
    const intake = createIntake()
    await intake.admitEvent(event('e1', 1))
    await intake.admitEvent(handshake)
    fillDisk(intake.database)
    const sent = [event('e1', 1), { ...large('e2', 2), type: 'view.created' }, handshake, { ...large('e3', 3), id: 7 }]
    // All in one commit with one that cannot be stored, and each alone.
    const together = await Promise.all([large('e4', 4), ...sent].map(intake.admitEvent))
    const alone = []
    for (const one of sent) alone.push(await intake.admitEvent(one))
    const expected = ['duplicate', 'ignored', 'ignored', 'ignored']
    expect(together.map(({ status }) => status)).toStrictEqual(['unavailable', ...expected])
    expect(alone.map(({ status }) => status)).toStrictEqual(expected)
    expect(together[3]?.reason).toBe('verification token sent again')
  })

  test('owes the note of a catch-up, which is made as soon as something can be stored', async () => {
    const intake = createIntake()
    await intake.admitEvent(event('e1', 1))
    fillDisk(intake.database)
    await intake.admitEvent(large('e2', 2))
    expect(intake.notes.isCatchUpDue()).toBe(false)
    freeDisk(intake.database)
    await intake.admitEvent(event('e1', 1))
    expect(intake.notes.isCatchUpDue()).toBe(true)
  })

  test('owes the note though a neighbour of the same commit could be stored', async () => {
    const intake = createIntake()
    await intake.admitEvent(event('e1', 1))
    fillDisk(intake.database)
    const answers = await Promise.all([large('e2', 2), event('e3', 1)].map(intake.admitEvent))
    expect(answers.map(({ status }) => status)).toStrictEqual(['unavailable', 'queued'])
    freeDisk(intake.database)
    await intake.admitEvent(event('e4', 1))
    expect(intake.notes.isCatchUpDue()).toBe(true)
  })

  test('to flush has an event that stands in the queue come again, and worked on, until the disk has it', async () => {
    let isRefusing = true
    const flush = async (): Promise<void> => {
      if (isRefusing) throw new Error('EIO')
    }
    const queue = createQueueFile(() => ({ flush, close: () => undefined }))
    const intake = createIntake({ queue })
    // What it is written with cannot be brought to the disk another way either, while somebody reads that.
    const reader = new DatabaseSync(queue.path, { readOnly: true })
    reader.exec('BEGIN; SELECT 1 FROM sqlite_schema')
    expect((await intake.admitEvent(event('e1', 1))).status).toBe('unavailable')
    expect(intake.jobs.counts().waiting).toBe(1)
    expect(intake.wakes()).toBe(1)
    expect((await intake.admitEvent(event('e1', 1))).status).toBe('unavailable')
    expect(intake.troubles.at(-1)).toContain('cannot be stored')
    reader.close()
    isRefusing = false
    expect((await intake.admitEvent(event('e1', 1))).status).toBe('duplicate')
    expect(intake.troubles.at(-1)).toBeNull()
    expect(intake.notes.isCatchUpDue()).toBe(true)
  })

  test('to flush once loses nothing: what was committed is brought to the disk another way, and then answered', async () => {
    let refusals = 1
    const flush = async (): Promise<void> => {
      refusals -= 1
      if (refusals >= 0) throw new Error('EIO')
    }
    const intake = createIntake({ queue: createQueueFile(() => ({ flush, close: () => undefined })) })
    expect((await intake.admitEvent(event('e1', 1))).status).toBe('duplicate')
    expect(intake.jobs.counts().waiting).toBe(1)
    expect(intake.wakes()).toBe(1)
  })

  test('takes no event for ignored whose database nobody knows yet: it may turn out to be watched', async () => {
    const intake = createIntake({ view: { sourceVerdict: () => 'unknown' } })
    fillDisk(intake.database)
    const stranger = large('e1', 1)
    const placed = { ...stranger, data: { parent: { type: 'data_source', data_source_id: notionId(9) } } }
    expect((await intake.admitEvent(placed)).status).toBe('unavailable')
    freeDisk(intake.database)
    expect((await intake.admitEvent(placed)).status).toBe('ignored')
    expect(intake.events()).toHaveLength(1)
  })

  test('that lets nothing be read either still leads to an answer, and the fault is logged', async () => {
    const intake = createIntake()
    intake.database.sql('DROP TABLE event').run()
    expect(await intake.admitEvent(event('e1', 1))).toMatchObject({ status: 'unavailable', event_id: 'e1' })
    expect(intake.log.lines.map(({ level }) => level)).toStrictEqual(['error', 'error'])
  })
})
