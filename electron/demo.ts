import { randomBytes, randomUUID } from 'node:crypto'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { parseArgs } from 'node:util'
import { startConsole } from './console/console.ts'
import { createLog, type Engine, startEngine, systemClock, systemDisk } from './engine/engine.ts'
import { loadSettings } from './engine/settings/load.ts'
import { runProgram, usageError } from './program.ts'
import { type DemoDelivery, demoStory, endlessEdits } from './simulator/demo-edits.ts'
import { deliver } from './simulator/deliveries.ts'
import { createRandom } from './simulator/seeded-random.ts'
import { type Simulator, startSimulator } from './simulator/server.ts'
import { textTable } from './simulator/text-table.ts'

const SEED = 7
const PAGES_PER_DATABASE = 12

const settingsText = (baseUrl: string, titles: readonly string[], secret: string): string =>
  JSON.stringify({
    webhook: { secret, listen: { port: 0 }, databases: titles, debouncing: { page_updates: '1s' } },
    notion: { token: 'demo', base_url: baseUrl, requests_per_minute: 100_000 },
    cache: { folder: 'blackcore-cache' },
    console: { port: 0 },
  })

const print = (text: string): void => {
  process.stdout.write(`${text}\n`)
}

const pageFilesIn = async (cacheFolder: string): Promise<ReadonlyMap<string, number>> => {
  const pages = join(cacheFolder, 'pages')
  const counts = new Map<string, number>()
  for (const database of await systemDisk.list(pages)) {
    counts.set(database, (await systemDisk.list(join(pages, database))).length)
  }
  return counts
}

const answerOf = (body: unknown): string => {
  if (typeof body !== 'object' || body === null || !('status' in body)) return 'no answer'
  const reason = 'reason' in body && typeof body.reason === 'string' ? `: ${body.reason}` : ''
  return `${String(body.status)}${reason}`
}

interface Sent {
  readonly what: string
  readonly answer: string
}

const send = async (engine: Engine, secret: string, { what, event }: DemoDelivery): Promise<Sent> => {
  const { body } = await deliver({ url: engine.webhookUrl, secret, event })
  return { what, answer: answerOf(body) }
}

/** Tells the demo's story, waits until everything it leads to is done, says what happened; gives the last line. */
const runOnce = async (engine: Engine, simulator: Simulator, secret: string, cache: string): Promise<string> => {
  const sent: Sent[] = []
  for (const delivery of demoStory(simulator.workspace, SEED)) {
    sent.push(await send(engine, secret, delivery))
    if (delivery.isPauseAfter) await engine.whenIdle()
  }
  await engine.whenIdle()
  const rows = new Map<string, number>()
  for (const { what, answer } of sent) {
    const row = `${what}\t${answer}`
    rows.set(row, (rows.get(row) ?? 0) + 1)
  }
  print(
    textTable(
      ['Event', 'Answer', 'Count'],
      [...rows].map(([row, count]) => [...row.split('\t'), String(count)]),
    ),
  )
  const { metrics, jobs } = engine.status()
  print(
    textTable(
      ['Events received', 'processed', 'ignored', 'duplicate', 'failed', 'Jobs completed', 'failed'],
      [
        [
          metrics.events_received,
          metrics.events_processed,
          metrics.events_ignored,
          metrics.events_duplicate,
          metrics.events_failed,
          jobs.completed,
          jobs.failed,
        ].map(String),
      ],
    ),
  )
  const counts = await pageFilesIn(cache)
  print(
    textTable(
      ['Page files', 'Count'],
      [...counts].map(([database, count]) => [join(cache, 'pages', database), String(count)]),
    ),
  )
  const databaseFiles = (await systemDisk.list(cache)).filter((name) => name.endsWith('.json'))
  print(
    textTable(
      ['Database files'],
      databaseFiles.map((name) => [join(cache, name)]),
    ),
  )
  const files = [...counts.values()].reduce((sum, count) => sum + count, 0)
  return `demo ${JSON.stringify({ events: sent.length, files, cache })}`
}

/** Sends edits all the time, until the program is stopped. */
const runOn = async (engine: Engine, simulator: Simulator, secret: string, signal: AbortSignal): Promise<void> => {
  const pace = createRandom(SEED)
  for (const delivery of endlessEdits(simulator.workspace, SEED)) {
    if (signal.aborted) return
    const { what, answer } = await send(engine, secret, delivery)
    print(`${what.padEnd(26)}  ${answer.padEnd(10)}  ${delivery.title}`)
    await systemClock.sleep(500 + pace.below(2_000), signal).catch(() => undefined)
  }
}

const readOnce = (): boolean => {
  try {
    return parseArgs({ options: { once: { type: 'boolean', default: false } } }).values.once
  } catch (error) {
    throw usageError(error, 'Usage: npm run demo [-- --once]')
  }
}

await runProgram(async (redactor) => {
  const isOnce = readOnce()
  const folder = join(tmpdir(), `blackcore-demo-${randomBytes(4).toString('hex')}`)
  const secret = `secret_${randomUUID().replaceAll('-', '')}`
  const ending = new AbortController()
  // The story has an end of its own: a signal on its way there ends the program at once, as it does by default.
  for (const signal of isOnce ? [] : ['SIGINT', 'SIGTERM']) {
    process.on(signal, () => {
      ending.abort()
    })
  }
  const simulator = await startSimulator({ seed: SEED, pagesPerDatabase: PAGES_PER_DATABASE, requestsPerMinute: null })
  const titles = simulator.workspace.databases.map(({ title }) => title)
  const loaded = loadSettings({
    file: join(folder, 'webhook_config.yaml'),
    cwd: folder,
    environment: {},
    readText: () => settingsText(simulator.url, titles, secret),
  })
  redactor.learn(secret)
  const warnings = createLog((line) => process.stderr.write(line), redactor, 'warn')
  const engine = await startEngine({ loaded, dataFolder: join(folder, 'data'), log: warnings })
  const { status, metrics, calls } = engine
  const where = loaded.where('console.port')
  const token = randomBytes(32).toString('base64url')
  const { redact } = redactor
  const console = await startConsole({ port: 0, where, status, metrics, token, calls, log: warnings, redact })
  const cache = loaded.settings.cache.folder
  print(`Cache folder   ${cache}\nConsole        ${console.url}\n`)
  const lastLine = isOnce
    ? await runOnce(engine, simulator, secret, cache)
    : await runOn(engine, simulator, secret, ending.signal).then(() => `\nStopped. The files are in ${cache}`)
  await engine.stop()
  await console.stop()
  await simulator.stop()
  print(lastLine)
})
