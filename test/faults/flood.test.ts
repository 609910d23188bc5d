import { expect, test } from 'vitest'
import { eventFor, signBody } from '../../electron/simulator/deliveries.ts'
import { pagesIn, recordsIn } from '../support/cache-contents.ts'
import { figure, tell } from '../support/figures.ts'
import { startRunningEngine } from '../support/running-engine.ts'
import { DATABASE_TITLES } from '../support/settings-file.ts'
import { expectNewest, expectNoOrphan, expectTrueRecords } from './promises.ts'

const QUEUE_SIZE = figure(100, 1_000)
const DELIVERIES = figure(500, 5_000)
const CONNECTIONS = 32

interface Flood {
  readonly taken: readonly string[]
  readonly refused: readonly string[]
}

test(
  'a flood beyond the queue is turned away with 503 and a time; all that was taken becomes files, a catch-up is due, and what comes again finds room',
  async () => {
    const running = await startRunningEngine({
      simulator: { pagesPerDatabase: DELIVERIES / DATABASE_TITLES.length },
      settings: () => ({
        webhook: { processing: { queue_size: QUEUE_SIZE, workers: 8 }, debouncing: { page_updates: 0 } },
      }),
    })
    const { workspace, simulator, engine, secret, cacheFolder } = running
    const bodies = new Map(
      DATABASE_TITLES.flatMap((title) => workspace.pageIds(title)).map((id) => [
        id,
        JSON.stringify(eventFor(workspace, 'page.created', id)),
      ]),
    )
    expect(bodies.size).toBe(DELIVERIES)

    const isTaken = async (id: string): Promise<boolean> => {
      const body = bodies.get(id) ?? ''
      const headers = { 'content-type': 'application/json', 'x-notion-signature': signBody(body, secret) }
      const answer = await fetch(engine.webhookUrl, { method: 'POST', headers, body })
      const told: unknown = await answer.json()
      if (answer.status === 200) {
        expect(told).toMatchObject({ status: 'queued' })
        return true
      }
      expect(answer.status).toBe(503)
      expect(Number(answer.headers.get('retry-after'))).toBeGreaterThan(0)
      expect(told).toMatchObject({ status: 'unavailable', reason: 'the queue is full' })
      return false
    }
    const flood = async (ids: readonly string[]): Promise<Flood> => {
      const waiting = [...ids]
      const taken: string[] = []
      const refused: string[] = []
      const client = async (): Promise<void> => {
        for (let id = waiting.pop(); id !== undefined; id = waiting.pop()) {
          if (await isTaken(id)) taken.push(id)
          else refused.push(id)
        }
      }
      await Promise.all(Array.from({ length: CONNECTIONS }, client))
      return { taken, refused }
    }

    const release = Promise.withResolvers<undefined>()
    simulator.beforeAnswer(async (path) => {
      if (path.startsWith('/v1/pages/')) await release.promise
    })
    const from = performance.now()
    const first = await flood([...bodies.keys()])
    const tookMs = performance.now() - from
    expect(first.taken).toHaveLength(QUEUE_SIZE)
    expect(first.refused).toHaveLength(DELIVERIES - QUEUE_SIZE)
    expect(engine.status().isCatchUpDue).toBe(true)
    release.resolve(undefined)
    await engine.whenIdle()
    expect([...pagesIn(cacheFolder).keys()].toSorted()).toEqual(first.taken.toSorted())
    expect(recordsIn(cacheFolder).size).toBe(QUEUE_SIZE)

    // Notion sends again what was turned away, in the midst of the work.
    let { refused } = first
    let rounds = 0
    for (; refused.length > 0; rounds += 1) {
      refused = (await flood(refused)).refused
      if (refused.length > 0) await engine.whenIdle()
    }
    await engine.whenIdle()
    expectNoOrphan(running, 'after the flood')
    expectTrueRecords(running, workspace, 'after the flood')
    expectNewest(running, workspace, [...bodies.keys()], 'after the flood')
    expect(engine.status()).toMatchObject({ state: 'healthy', isCatchUpDue: true, jobs: { failed: 0 } })
    const figures = `queue of ${QUEUE_SIZE}: ${DELIVERIES} deliveries in ${Math.round(tookMs)} ms, ${first.refused.length}`
    tell(`Flood, ${figures} turned away with 503, all files after ${rounds} rounds of sending again`)
  },
  figure(60_000, 300_000),
)
