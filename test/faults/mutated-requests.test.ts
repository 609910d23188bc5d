import { createHash, randomUUID } from 'node:crypto'
import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { deliver } from '../../electron/simulator/deliveries.ts'
import { buildEvent } from '../../electron/simulator/events.ts'
import { startEngineProcess } from '../support/engine-process.ts'
import { figure, tell } from '../support/figures.ts'
import { healthAt } from '../support/program-run.ts'
import { madeSecret, writeSettings } from '../support/settings-file.ts'
import { temporaryFolder } from '../support/temporary-folder.ts'
import { answerStatus } from './answer-status.ts'
import { type MutatedRequest, requestsArbitrary } from './mutated-bytes.ts'

const REQUESTS = figure(2_000, 100_000)
const MUTATED_AT_ONCE = 50
const WHOLE_AT_ONCE = 5

/** A request that is in order gets its answer however long that takes. */
const PATIENCE_MS = { whole: 20_000, mutated: 40 }

/** What a listener may say to a request that is not in order; a fault of its own (5xx) is not among it. */
const REFUSALS: ReadonlySet<number | null> = new Set([null, 400, 401, 404, 405, 408, 413, 415, 417, 429, 431])

const digest = (bytes: string | Uint8Array): string => createHash('sha256').update(bytes).digest('hex')

interface Row {
  readonly seq: number
  readonly id: string
  readonly body: string | null
}

test(
  'whatever bytes come, the listener stays up, the database stays whole, and nothing is stored that was not signed',
  async () => {
    const folder = temporaryFolder()
    const secret = madeSecret()
    const { file } = writeSettings(folder, 'http://127.0.0.1:9', {
      webhook: { secret, processing: { queue_size: 1_000_000 }, debouncing: { page_updates: '24h' } },
    })
    const data = join(folder, 'data')
    const { run, ready } = await startEngineProcess(file, data)
    const port = Number(new URL(ready.webhook).port)
    const database = new DatabaseSync(join(data, 'blackcore.db'), { readOnly: true })
    const newRows = database.prepare('SELECT seq, id, body FROM event WHERE seq > ? ORDER BY seq')
    const signed = new Set<string>()
    const answers = new Map<number | null, number>()
    let lastSeq = 0
    let stored = 0

    const expectSigned = (): void => {
      for (const { seq, id, body } of newRows.all(lastSeq) as unknown as Row[]) {
        expect(signed, `stored: ${body ?? id}`).toContain(body === null ? id : digest(body))
        lastSeq = seq
        stored += 1
      }
    }
    const isUp = async (): Promise<void> => {
      const event = buildEvent({
        type: 'page.created',
        entityId: randomUUID(),
        eventId: randomUUID(),
        timestamp: '2026-11-24T12:00:00.000Z',
      })
      signed.add(digest(JSON.stringify(event)))
      expect(await deliver({ url: ready.webhook, secret, event })).toMatchObject({
        status: 200,
        body: { status: 'queued' },
      })
    }

    const statusOf = ({ bytes, isWhole }: MutatedRequest): Promise<number | null> =>
      answerStatus(port, bytes, isWhole ? PATIENCE_MS.whole : PATIENCE_MS.mutated)
    const checked = await fc.check(
      fc.asyncProperty(requestsArbitrary(secret, MUTATED_AT_ONCE, WHOLE_AT_ONCE), async (batch) => {
        for (const request of batch) {
          // As it is stored: as text, or known by the digest of its bytes.
          signed.add(digest(request.signed.toString('utf8'))).add(digest(request.signed))
        }
        const statuses = await Promise.all(batch.map(statusOf))
        for (const [index, status] of statuses.entries()) {
          answers.set(status, (answers.get(status) ?? 0) + 1)
          const sent = batch[index]?.bytes.toString('latin1')
          if (batch[index]?.isWhole === true) expect(status, sent).toBe(200)
          else if (status !== 200) expect(REFUSALS, sent).toContain(status)
        }
        await isUp()
        expectSigned()
      }),
      { numRuns: REQUESTS / MUTATED_AT_ONCE, endOnFailure: true },
    )
    // The whole batch as a message would be unreadable: what failed names its request.
    if (checked.failed) throw new Error(`Seed ${checked.seed}`, { cause: checked.errorInstance })
    expect(await healthAt(ready.console)).toMatchObject({ metrics: { events_failed: 0 } })
    run.kill('SIGTERM')
    expect(await run.ended).toEqual({ code: 0, signal: null })
    expectSigned()
    expect(database.prepare('PRAGMA integrity_check').all()).toEqual([{ integrity_check: 'ok' }])
    database.close()
    expect(stored).toBeGreaterThan(REQUESTS / 10)
    const text = [...answers].map(([status, count]) => `${status ?? 'no answer'} ×${count}`).join(', ')
    tell(`${REQUESTS} mutated requests, listener up, database whole, ${stored} signed events stored: ${text}`)
  },
  figure(60_000, 600_000),
)
