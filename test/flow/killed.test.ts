import { randomInt } from 'node:crypto'
import { watch } from 'node:fs'
import { join } from 'node:path'
import { expect, onTestFailed, test } from 'vitest'
import { createSignal } from '../../electron/engine/foundation/signal.ts'
import { deliver } from '../../electron/simulator/deliveries.ts'
import { createRandom } from '../../electron/simulator/seeded-random.ts'
import { startSimulator } from '../../electron/simulator/server.ts'
import { lasting, pagesIn, parseEveryFile, recordOf, recordsIn } from '../support/cache-contents.ts'
import { createEditLoad, EDITS } from '../support/edit-load.ts'
import { whenReady } from '../support/engine-process.ts'
import { figure, tell } from '../support/figures.ts'
import { healthAt, type ProgramRun, runProgram } from '../support/program-run.ts'
import { DATABASE_TITLES, madeSecret, writeSettings } from '../support/settings-file.ts'
import { temporaryFolder } from '../support/temporary-folder.ts'
import { until } from '../support/until.ts'

const KILLS = figure(10, 50)
const MOMENTS = ['answer', 'request', 'database file', 'start'] as const

type Moment = (typeof MOMENTS)[number]

/** Counts what happens, and calls back at the n-th of one kind. */
const createTrap = () => {
  let wanted: Moment | null = null
  let left = 0
  let spring = (): void => undefined
  return {
    happened: (what: Moment): void => {
      if (what !== wanted) return
      left -= 1
      if (left > 0) return
      wanted = null
      spring()
    },
    set: (what: Moment, nth: number, call: () => void): void => {
      wanted = what
      left = nth
      spring = call
    },
  }
}

const farthest: Readonly<Record<Moment, number>> = { answer: 120, request: 200, 'database file': 3, start: 1 }

/** Without lists: the titles of other pages are theirs, and may have been asked for at another time. */
const ownValues = (record: unknown): unknown =>
  Object.fromEntries(Object.entries(record ?? {}).filter(([, value]) => !Array.isArray(value)))

test(
  'an engine that is killed again and again under load loses no acknowledged event and leaves no torn file',
  async () => {
    const seed = randomInt(1_000_000)
    const random = createRandom(seed)
    onTestFailed(() => {
      process.stderr.write(`The seed of the kills was ${seed}.\n`)
    })
    const folder = temporaryFolder()
    const secret = madeSecret()
    const simulator = await startSimulator({ seed: 3, pagesPerDatabase: figure(400, 2_000), requestsPerMinute: null })
    const { workspace } = simulator
    for (const title of DATABASE_TITLES) workspace.addProperty(title, EDITS, 'number')
    const { file, cacheFolder } = writeSettings(folder, simulator.url, {
      // The engine takes in faster than it works: a backlog that stays small lets every life of it come to the files.
      webhook: { secret, processing: { queue_size: 100 } },
    })
    const pageIds = workspace
      .pageIds(DATABASE_TITLES[0]!)
      .flatMap((_id, at) => DATABASE_TITLES.map((title) => workspace.pageIds(title)[at] ?? ''))

    const trap = createTrap()
    const request = createSignal()
    const load = createEditLoad({
      workspace,
      pageIds,
      secret,
      random,
      onAcknowledged: () => {
        trap.happened('answer')
      },
      nextRoom: request.next,
    })
    simulator.beforeAnswer(async () => {
      request.notify()
      trap.happened('request')
    })
    const start = (): ProgramRun => runProgram('headless', ['--config', file, '--data', join(folder, 'data')])
    const loading = load.run()

    let run = start()
    await whenReady(run)
    const watcher = watch(cacheFolder, (_event, name) => {
      if (name?.endsWith('.json') === true) trap.happened('database file')
    })
    for (let kill = 1; kill <= KILLS; kill += 1) {
      const moment = random.pick(MOMENTS)
      const end = (): void => {
        run.kill('SIGKILL')
      }
      if (moment === 'start') {
        await until('the engine has begun', () => run.stderr() !== '')
        end()
      } else {
        const { webhook } = await whenReady(run)
        trap.set(moment, 1 + random.below(farthest[moment]), end)
        load.sendTo(webhook)
      }
      expect(await run.ended, `seed ${seed}, kill ${kill}`).toEqual({ code: null, signal: 'SIGKILL' })
      load.sendTo(null)
      expect(() => parseEveryFile(cacheFolder), `seed ${seed}, kill ${kill} at a ${moment}`).not.toThrow()
      run = start()
    }
    const ready = await whenReady(run)
    load.stop()
    await loading
    watcher.close()
    const isDone = async (): Promise<boolean> => {
      const { queue_size: left, status } = await healthAt(ready.console)
      return left === 0 && status === 'healthy'
    }
    await until('everything is done', isDone, 40_000)
    for (const event of load.acknowledged()) {
      const { body } = await deliver({ url: ready.webhook, secret, event })
      expect(body, `seed ${seed}`).toMatchObject({ status: 'duplicate' })
    }
    run.kill('SIGTERM')
    expect(await run.ended, `seed ${seed}`).toEqual({ code: 0, signal: null })

    const pages = pagesIn(cacheFolder)
    const records = recordsIn(cacheFolder)
    expect(load.acknowledged().length, `seed ${seed}`).toBeGreaterThan(KILLS * 10)
    for (const [id, { edits, acknowledged }] of load.pages()) {
      if (acknowledged === 0) continue
      const found = pages.get(id)
      const shown = Number((found?.page.properties[EDITS] as { number?: unknown } | undefined)?.number ?? 0)
      expect(shown, `seed ${seed}: an event of ${id} is missing`).toBeGreaterThanOrEqual(acknowledged)
      if (found !== undefined && acknowledged === edits) {
        expect(lasting(found.page), `seed ${seed}: ${id}`).toEqual(lasting(workspace.page(id)))
        expect(found.content, `seed ${seed}: ${id}`).toEqual({ markdown: workspace.markdown(id), truncated: false })
      }
    }
    expect([...records.keys()].toSorted(), `seed ${seed}`).toEqual([...pages.keys()].toSorted())
    for (const [id, { page }] of pages) {
      expect(ownValues(records.get(id)), `seed ${seed}: ${id}`).toEqual(ownValues(recordOf(workspace, page)))
    }
    await simulator.stop()
    tell(
      `Killed at ${KILLS} random moments under load: ${load.acknowledged().length} acknowledged events, none missing`,
    )
  },
  figure(120_000, 600_000),
)
