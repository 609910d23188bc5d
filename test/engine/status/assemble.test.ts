import { describe, expect, test } from 'vitest'
import { assembleStatus, type StatusFacts } from '../../../electron/engine/status/assemble.ts'
import { engineStatusSchema, healthOf, healthSchema } from '../../../shared/status.ts'
import { engineStatus } from '../../support/engine-status.ts'

const assemble = (parts: Partial<StatusFacts> = {}) => {
  const { jobs, metrics } = engineStatus()
  return assembleStatus({
    jobs,
    failures: [],
    metrics,
    lastEventAt: null,
    isPaired: true,
    workspaceName: 'Acme',
    isCatchUpDue: false,
    reach,
    lostQueue: null,
    isQueueFull: false,
    flushingMs: 0,
    hold: null,
    trashedDatabases: [],
    triggers: [],
    reported: [],
    ...parts,
  })
}

const { reach } = engineStatus()

const jobsWith = (parts: Partial<StatusFacts['jobs']>): StatusFacts['jobs'] => ({ ...engineStatus().jobs, ...parts })

const outage = { code: 'unreachable', severity: 'failure', message: 'Notion cannot be reached.' } as const
const UNTIL = Date.UTC(2026, 10, 23, 12, 0, 7)

test('an engine that has nothing to complain of is healthy, and its status is what the schema says', () => {
  const status = assemble()
  expect(status).toStrictEqual(engineStatus())
  expect(engineStatusSchema.parse(status)).toStrictEqual(status)
  expect(healthSchema.parse(healthOf(status)).status).toBe('healthy')
})

describe('degraded', () => {
  test.each<[string, Partial<StatusFacts>, string]>([
    ['one job is failed', { jobs: jobsWith({ failed: 1 }) }, 'Failed jobs wait for a person: 1.'],
    [
      'nobody is paired',
      { isPaired: false },
      'No webhook subscription is paired, so every delivery is refused. Pair one: npm run headless -- pair.',
    ],
    [
      'the tunnel is being opened',
      { reach: { ...reach, provider: 'ngrok', state: 'opening' } },
      'The tunnel is being opened; until then Notion cannot reach this computer.',
    ],
    [
      'no probe has come back yet',
      { reach: { ...reach, provider: 'ngrok', state: 'checking', address: 'https://a.test/webhooks/notion' } },
      'Whether Notion can reach https://a.test/webhooks/notion is being checked.',
    ],
    [
      'the public address leads elsewhere',
      { reach: { ...reach, provider: 'url', state: 'unreachable', message: 'It leads elsewhere. Mend it.' } },
      'It leads elsewhere. Mend it.',
    ],
    [
      'Notion asks to wait',
      { hold: { kind: 'rate-limited', until: UNTIL } },
      'Notion asks to wait until 2026-11-23T12:00:07.000Z.',
    ],
    [
      'Notion cannot be reached',
      { hold: { kind: 'outage', outage: 'offline', since: UNTIL } },
      'Notion cannot be reached since 2026-11-23T12:00:07.000Z. It is asked every 30 seconds; the queue goes on by itself.',
    ],
    [
      'Notion fails for all',
      { hold: { kind: 'outage', outage: 'failing', since: UNTIL } },
      'Notion has failed for several pages in a row since 2026-11-23T12:00:07.000Z. It is asked every 30 seconds; the queue goes on by itself.',
    ],
    [
      'accepted updates are lost',
      { lostQueue: '/data/blackcore.db.damaged-2026' },
      'The queue’s database was damaged and set aside as /data/blackcore.db.damaged-2026. Updates that had been accepted may be missing until their pages change again. Move that file away when you need it no more; this goes with the next start.',
    ],
    [
      'the disk does not answer',
      { flushingMs: 12_300 },
      'The disk of the data folder has not answered for 12 s, and nothing can be stored. Check whether it is connected and healthy.',
    ],
    [
      'the queue is full',
      { isQueueFull: true },
      'The queue is full: deliveries are turned away, and Notion repeats them later.',
    ],
    [
      'the disk refuses',
      { hold: { kind: 'disk', since: UNTIL, message: 'The disk refuses: ENOSPC: it is full. Make room on it.' } },
      'The disk refuses: ENOSPC: it is full. Make room on it. Nothing can be written since 2026-11-23T12:00:07.000Z. It is tried every 30 seconds; the queue goes on by itself.',
    ],
    ['a stage reports that something does not follow', { reported: [outage] }, outage.message],
  ])('while %s, and a person reads why', (_, facts, message) => {
    const status = assemble(facts)
    expect(status.state).toBe('degraded')
    expect(status.problems.map((problem) => problem.message)).toStrictEqual([message])
  })

  test('is over with its cause', () => {
    expect(assemble({ jobs: jobsWith({ failed: 0, completed: 9 }) }).state).toBe('healthy')
  })

  test('is nothing that is only worth knowing, and nothing that is only busy', () => {
    const status = assemble({
      jobs: jobsWith({ waiting: 9, delayed: 9, active: 4, completed: 9, held: 1, discarded: 1 }),
      isCatchUpDue: true,
      reach: { ...reach, provider: 'url', state: 'reachable' },
      trashedDatabases: ['Tasks', 'People'],
      triggers: ['transcript', 'task'],
      reported: [{ code: 'file-changed', severity: 'notice', message: 'tasks.json was changed by somebody else.' }],
    })
    expect(status.state).toBe('healthy')
    expect(status.problems.map(({ code, message }) => `${code}: ${message}`)).toStrictEqual([
      'file-changed: tasks.json was changed by somebody else.',
      'catch-up-due: Updates may be missing: some were turned away, or came before this queue was begun.',
      'database-in-trash: The database “Tasks” is in Notion’s trash. Its files stay as they are.',
      'database-in-trash: The database “People” is in Notion’s trash. Its files stay as they are.',
      'triggers-not-run: Triggers are not run yet: transcript, task.',
    ])
  })
})

describe('paused', () => {
  test.each([
    [null, 'Paused by a person.'],
    [UNTIL, 'Paused by a person until 2026-11-23T12:00:07.000Z.'],
  ])('is the state while a person pauses the queue, whatever else is wrong (until %s)', (until, message) => {
    const status = assemble({ hold: { kind: 'paused', until }, jobs: jobsWith({ failed: 1 }), isPaired: false })
    expect(status.state).toBe('paused')
    expect(healthOf(status).status).toBe('paused')
    expect(status.problems).toContainEqual({ code: 'paused', severity: 'notice', message })
    expect(status.problems.map(({ code }) => code)).toContain('failed-jobs')
  })
})

test('the time of the last event is told in UTC, and what the stages say is passed on', () => {
  const status = assemble({ lastEventAt: UNTIL, workspaceName: null, isCatchUpDue: true, isPaired: false })
  expect(status).toMatchObject({
    lastEventAt: '2026-11-23T12:00:07.000Z',
    workspaceName: null,
    isCatchUpDue: true,
    isPaired: false,
  })
  expect(engineStatusSchema.safeParse(status).success).toBe(true)
})
