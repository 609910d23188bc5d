import { randomInt } from 'node:crypto'
import { expect, onTestFailed, test } from 'vitest'
import { eventFor } from '../../electron/simulator/deliveries.ts'
import type { FaultPlan } from '../../electron/simulator/fault-plans.ts'
import { createRandom } from '../../electron/simulator/seeded-random.ts'
import { unsteadyArrivals } from '../../electron/simulator/unsteady-deliveries.ts'
import { pagesIn } from '../support/cache-contents.ts'
import { EDITS } from '../support/edit-load.ts'
import { createFastClock } from '../support/fast-clock.ts'
import { figure, tell } from '../support/figures.ts'
import { requestsAt } from '../support/notion-at.ts'
import { startRunningEngine } from '../support/running-engine.ts'
import { DATABASE_TITLES } from '../support/settings-file.ts'
import { expectNewest, expectNoOrphan, expectNoTornFile } from './promises.ts'

const PAGES_PER_DATABASE = figure(8, 60)
const CHANGES = figure(160, 3_000)
const UNSTEADY = { duplicateShare: 0.3, lossShare: 0.1, reorderWithin: 12 }
const ARRIVING_AT_ONCE = 8

/** Backoffs, the time that Notion asks for and the pause of an outage take a hundredth of themselves. */
const FASTER = 100

/** Real time: a body that stalls is given up after it. */
const ANSWER_LIMIT_MS = 250

/** Each stands until the end; about one request in four meets one of them. */
const FAULTS: readonly FaultPlan[] = [
  { kind: 'latency', delayMs: 30, times: null, everyNth: 11 },
  { status: 429, headers: { 'retry-after': '2' }, times: null, everyNth: 41 },
  { status: 500, times: null, everyNth: 13 },
  { status: 503, times: null, everyNth: 17 },
  { kind: 'stalled-body', times: null, everyNth: 37 },
  { kind: 'broken-json', times: null, everyNth: 23 },
]

interface Change {
  readonly id: string
  /** The number of the page's edit, from 1. */
  readonly edit: number
}

test(
  'events that come twice, out of order or not at all, from a Notion that fails in every way, end in the newest state of all that was acknowledged',
  async () => {
    const seed = randomInt(1_000_000)
    const random = createRandom(seed)
    onTestFailed(() => {
      process.stderr.write(`The seed of the arrivals was ${seed}.\n`)
    })
    const running = await startRunningEngine({
      clock: createFastClock(FASTER),
      simulator: { pagesPerDatabase: PAGES_PER_DATABASE },
      seams: ({ url }) => ({ requests: () => requestsAt(url, { answerLimitMs: ANSWER_LIMIT_MS }) }),
      settings: (workspace) => {
        for (const title of DATABASE_TITLES) workspace.addProperty(title, EDITS, 'number')
        return { webhook: { processing: { workers: 8 } } }
      },
    })
    const { workspace, simulator, engine, sendBody, cacheFolder } = running
    for (const fault of FAULTS) simulator.failNext(fault)

    const ids = DATABASE_TITLES.flatMap((title) => workspace.pageIds(title))
    const edits = new Map<string, number>()
    const changes = Array.from({ length: CHANGES }, (): Change => {
      const id = random.pick(ids)
      const edit = (edits.get(id) ?? 0) + 1
      edits.set(id, edit)
      return { id, edit }
    })
    const { arriving, lost } = unsteadyArrivals(changes, UNSTEADY, random)

    // A change is made at Notion when the first event of it, or of a later one, is on its way.
    let made = 0
    const events = new Map<Change, object>()
    const makeUpTo = (change: Change): void => {
      for (const upTo = changes.indexOf(change); made <= upTo; made += 1) {
        const { id, edit } = changes[made] ?? change
        const rename = edit % 4 === 0 ? { title: `${workspace.titleOf(id)?.slice(0, 20) ?? ''} ${edit}` } : {}
        workspace.editPage(id, { ...rename, properties: { [EDITS]: edit } })
        const type = edit === 1 ? 'page.created' : 'page.properties_updated'
        events.set(changes[made] ?? change, eventFor(workspace, type, id))
      }
    }
    const acknowledged = new Map<string, number>()
    let duplicates = 0
    for (let next = 0; next < arriving.length; next += ARRIVING_AT_ONCE) {
      const together = arriving.slice(next, next + ARRIVING_AT_ONCE)
      together.forEach(makeUpTo)
      await Promise.all(
        together.map(async (change) => {
          const answer = await sendBody(events.get(change) ?? {})
          expect(answer, `seed ${seed}`).toMatchObject({
            status: 200,
            body: { status: expect.stringMatching(/^(queued|duplicate)$/) },
          })
          if (JSON.stringify(answer.body).includes('duplicate')) duplicates += 1
          acknowledged.set(change.id, Math.max(acknowledged.get(change.id) ?? 0, change.edit))
        }),
      )
    }

    let retried = 0
    for (;;) {
      await engine.whenIdle()
      const { jobs } = await engine.calls.jobs({ states: ['failed'] })
      if (jobs.length === 0) break
      for (const { reason, attempts } of jobs) {
        expect(reason, `seed ${seed}`).toMatch(/\w{3}/)
        expect(attempts.length, `seed ${seed}`).toBeGreaterThan(0)
      }
      retried += (await engine.calls.retry({ all: true })).retried
    }
    const when = `seed ${seed}`
    expectNoTornFile(running, when)
    expectNoOrphan(running, when)
    const pages = pagesIn(cacheFolder)
    for (const [id, edit] of acknowledged) {
      const shown = pages.get(id)?.page.properties[EDITS] as { number?: unknown } | undefined
      expect(Number(shown?.number), `${when}: ${id}`).toBeGreaterThanOrEqual(edit)
    }
    const newest = [...acknowledged].filter(([id, edit]) => edit === edits.get(id)).map(([id]) => id)
    expectNewest(running, workspace, newest, when)
    const counts = `${arriving.length} arrivals of ${CHANGES} changes, ${duplicates} duplicates, ${lost.length} lost`
    tell(`Unsteady: ${counts}; ${newest.length} pages of ${ids.length} newest, ${retried} jobs retried by a person`)
    expect(newest.length).toBeGreaterThan(ids.length / 2)
  },
  figure(60_000, 600_000),
)
