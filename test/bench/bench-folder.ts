import { setTimeout as delay } from 'node:timers/promises'
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { type Program, runToEnd, startProgram } from './programs.ts'

export const SECRET = 'secret_benchbenchbenchbenchbench'

/** As `npm run headless` starts it. */
const ENGINE_FLAGS = JSON.parse(
  readFileSync(new URL('../../scripts/engine-flags.json', import.meta.url), 'utf8'),
) as readonly string[]

export interface BenchFolder {
  readonly folder: string
  readonly dataFolder: string
  readonly cacheFolder: string
  /** Starts the headless program on this folder. */
  startEngine(): Promise<Program>
  /** Resolves when the running engine has nothing left to do, database files written. */
  waitIdle(): Promise<void>
  remove(): void
}

type Group = Readonly<Record<string, unknown>>

/** A folder with settings for one measurement. */
export const benchFolder = (baseUrl: string, webhook: Group, others: { readonly cache?: Group } = {}): BenchFolder => {
  const folder = mkdtempSync(join(tmpdir(), 'blackcore-bench-'))
  const file = join(folder, 'settings.json')
  const settings = {
    webhook: { secret: SECRET, listen: { port: 0 }, ...webhook },
    notion: { token: 'bench', base_url: baseUrl, requests_per_minute: 100_000 },
    cache: { folder: 'cache', ...others.cache },
    console: { port: 0 },
  }
  writeFileSync(file, JSON.stringify(settings))
  const dataFolder = join(folder, 'data')
  const own = ['--config', file, '--data', dataFolder]
  return {
    folder,
    dataFolder,
    cacheFolder: join(folder, 'cache'),
    startEngine: () => startProgram('../../electron/headless.ts', own, ENGINE_FLAGS),
    waitIdle: () => runToEnd('../../electron/headless.ts', ['wait-idle', ...own]),
    remove: () => {
      rmSync(folder, { recursive: true, force: true })
    },
  }
}

/** Not oftener: answering takes the engine a millisecond of what is measured. */
const ASKED_EVERY_MS = 100

/** Asks the engine until so many events have been processed to the end. */
export const untilProcessed = async (engine: Program, events: number): Promise<void> => {
  const console = String(engine.ready['console'])
  for (;;) {
    const health = (await (await fetch(`${console}/health`)).json()) as { metrics: { events_processed: number } }
    if (health.metrics.events_processed >= events) return
    await delay(ASKED_EVERY_MS)
  }
}
